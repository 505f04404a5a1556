import { needOf } from '../artifacts/need.js';
import type { SourceHost } from '../artifacts/supply.js';
import { parseReached } from './answers.js';
import type { TrialContext } from '../engine/stage.js';
import type { Facts } from '../facts/facts.js';
import { runProgram } from './run-program.js';
import type { TrialIdentity } from './run-program.js';
import type { SourceTrial, Untried } from './network-proof.js';

/**
 * Whether the machine gets through to where its packages and images come from, the way apt and containerd would: by its own names, and
 * through its proxy. What is sent to the machines is proven by checksums and needs no trial, and what else apt needs comes from the mirror
 * that the machine is used to.
 */
export async function trySources(
  m: TrialContext,
  identity: TrialIdentity,
): Promise<{ readonly sources: readonly SourceTrial[]; readonly untried: readonly Untried[] }> {
  const machine = m.machine.name;
  const hosts = m.supply.hosts(needOf(m));
  if (hosts.length === 0) return { sources: [], untried: [] };
  const job = hosts.map(
    (source, number) => ['host', number, source.host, source.port, ...proxyFor(source, m.facts)] as const,
  );
  const ran = await runProgram(m, identity, 'reach', job);
  if ('untried' in ran) {
    const what = 'the sources of packages and images';
    return { sources: [], untried: [{ machine, what, because: ran.untried }] };
  }
  const sources = [...parseReached(ran.stdout)].flatMap(([number, outcome]) => {
    const source = hosts[number];
    return source === undefined ? [] : [{ machine, host: source.host, port: source.port, outcome }];
  });
  return { sources, untried: [] };
}

/** Host and port of the proxy that leads to a source; nothing where the machine goes there directly. */
function proxyFor({ host, gives }: SourceHost, { proxy, packageProxy }: Facts): readonly (string | number)[] {
  const direct = proxy?.noProxy.some((entry) => isWithin(host, entry)) === true;
  const url = (gives === 'packages' ? packageProxy : undefined) ?? (direct ? undefined : proxy?.url);
  if (url === undefined || !URL.canParse(url)) return [];
  const { protocol, hostname, port } = new URL(url);
  // A SOCKS proxy speaks otherwise; apt's and containerd's are HTTP.
  return protocol === 'http:' ? [hostname, port === '' ? 80 : Number(port)] : [];
}

/** An entry of NO_PROXY: a host, a domain with or without its dot, or all. */
function isWithin(host: string, entry: string): boolean {
  const domain = entry.replace(/^\*?\./, '');
  return entry === '*' || host === domain || host.endsWith(`.${domain}`);
}
