import { needOf } from '../artifacts/need.js';
import type { Sample } from '../artifacts/supply.js';
import type { TrialContext } from '../engine/stage.js';
import type { Facts } from '../facts/facts.js';
import type { SourceTrial, Untried } from './network-proof.js';
import { runProgram } from './run-program.js';
import type { TrialIdentity } from './run-program.js';
import { outcomeOf, parseReached, placeOf } from './sample-answer.js';

/** What came of the samples, and what could not be tried. */
export interface TriedSources {
  readonly sources: readonly SourceTrial[];
  readonly untried: readonly Untried[];
}

/**
 * Whether a download comes through from where the machine's packages and images come from: a few bytes of each, on the way that apt and
 * containerd take, with the machine's names, proxies and authorities. What is sent to the machines is proven by checksums and needs no trial,
 * and what else apt needs comes from the mirror that the machine is used to.
 */
export async function trySources(m: TrialContext, identity?: TrialIdentity): Promise<TriedSources> {
  const machine = m.machine.name;
  const samples = m.supply.samples(needOf(m));
  if (samples.length === 0) return { sources: [], untried: [] };
  const ways = samples.map((sample) => proxyFor(sample, m.facts));
  const job = samples.map(({ gives, url }, n) => ['source', n, gives, url, ...(ways[n] ?? [])] as const);
  const ran = await runProgram(m, identity, 'reach', job);
  const untried = (because: string): TriedSources => ({
    sources: [],
    untried: [{ machine, what: 'the sources of packages and images', because }],
  });
  if ('untried' in ran) return untried(ran.untried);
  const stories = parseReached(ran.stdout);
  if (stories === undefined) return untried('apt has no downloader for https');
  const sources = samples.flatMap((sample, n): readonly SourceTrial[] => {
    const story = stories.get(n);
    if (story === undefined) return [];
    const [proxy] = ways[n] ?? [];
    const outcome = outcomeOf(sample, story, proxy === undefined ? undefined : placeOf(proxy));
    return [{ machine, ...asked(sample), ...outcome }];
  });
  return { sources, untried: [] };
}

function asked({ url }: Sample): Pick<SourceTrial, 'host' | 'port'> {
  const { hostname, protocol, port } = new URL(url);
  return { host: hostname, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) };
}

/**
 * The proxy that leads to a sample, without name and password, which stay on the machine; nothing where the machine goes there directly. apt
 * finds its own by itself: there it is told for the messages, and for a look at the certificate.
 */
function proxyFor({ url, gives }: Sample, { proxy, packageProxy }: Facts): readonly string[] {
  const { hostname, protocol } = new URL(url);
  const direct = proxy?.noProxy.some((entry) => isWithin(hostname, entry)) === true;
  // containerd takes no other proxy for https.
  const programs = protocol === 'https:' ? proxy?.https : proxy?.url;
  const way = (gives === 'packages' ? packageProxy : undefined) ?? (direct ? undefined : programs);
  return way === undefined || !URL.canParse(way) || /\s/.test(way) ? [] : [way];
}

/** An entry of NO_PROXY: a host, a domain with or without its dot, or all. */
function isWithin(host: string, entry: string): boolean {
  const domain = entry.replace(/^\*?\./, '');
  return entry === '*' || host === domain || host.endsWith(`.${domain}`);
}
