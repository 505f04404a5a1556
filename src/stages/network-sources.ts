import { parseReached } from '../check/network/answers.js';
import type { Job } from '../check/network/program.js';
import type { MachineContext } from '../engine/stage.js';
import type { Facts } from '../machines/facts.js';
import { runProgram } from './network-program.js';
import type { NetworkTrials } from './network-seen.js';
import { sourceHosts } from './source-hosts.js';

/**
 * Whether the machine gets through to where its packages and images come from, the way apt and containerd would: by its own names, and
 * through its proxy. With a bundle nothing is dialled: the bundle is proven by its checksums, and what else apt needs comes from
 * the mirror that the machine is used to.
 */
export async function trySources(m: MachineContext, trials: NetworkTrials): Promise<void> {
  if (m.config.bundle !== undefined || m.bundle !== undefined) return;
  const hosts = await sourceHosts(m);
  const stdout = await runProgram(m, trials, {
    program: 'reach',
    what: 'the sources of packages and images',
    job: [
      ...proxyJob(m.facts),
      ...hosts.map(({ host, port }, number) => ['host', number, host, port] as const),
    ],
  });
  const outcomes = parseReached(stdout ?? '');
  for (const [number, outcome] of outcomes) {
    const source = hosts[number];
    if (source !== undefined) trials.sources.push({ machine: m.machine.name, ...source, outcome });
  }
}

/** Its host, port and, where the address holds one, the login as HTTP wants it. It goes by stdin, as all of the job does. */
function proxyJob({ proxy }: Facts): Job {
  if (proxy === undefined || !URL.canParse(proxy.url)) return [];
  const { protocol, hostname, port, username, password } = new URL(proxy.url);
  // A SOCKS proxy speaks otherwise; apt's and containerd's are HTTP.
  if (protocol !== 'http:') return [];
  const login =
    username === ''
      ? []
      : [Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')];
  return [['proxy', hostname, port === '' ? 80 : Number(port), ...login]];
}
