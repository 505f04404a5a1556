import type { SourceTrial } from '../../trial/network-proof.js';

/** One thing that is wrong with one source, as seen from one machine. */
export interface Trouble {
  readonly code: 'K-DNS' | 'K-SOURCE' | 'K-TLS' | 'K-PROXY-LOGIN' | 'K-PORTAL';
  /** Who makes it so, in words, where that is known: what is about the same is told together. */
  readonly about: string;
  /** The source, and where that says more than its name, what about it. */
  readonly what: string;
  /** Who was asked. */
  readonly source: string;
}

/** What is wrong with the sources of one machine, each once. `trials` are all of its trials. */
export function troublesOf(trials: readonly SourceTrial[]): readonly Trouble[] {
  const none = trials.every((t) => t.outcome === 'no-name' && t.proxy === undefined);
  const troubles = trials.flatMap((trial) => {
    const trouble = none ? unnamed(trial) : troubleOf(behindPortal(trial, trials));
    return trouble === undefined ? [] : [{ ...trouble, source: sourceOf(trial) }];
  });
  const seen = new Set<string>();
  return troubles.filter((t) => {
    const key = JSON.stringify([t.code, t.about, t.what]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Whoever wants a login first signs for all names alike, and shows its page for those that are asked for it. */
function behindPortal(trial: SourceTrial, all: readonly SourceTrial[]): SourceTrial {
  if (trial.outcome !== 'untrusted') return trial;
  const page = all.find((t) => t.outcome === 'portal' && t.said !== undefined && t.said === trial.said);
  return page?.at === undefined ? trial : { ...trial, outcome: 'portal', at: page.at };
}

/** By this a source is the same on all machines. */
export function sourceOf({ host, port }: Pick<SourceTrial, 'host' | 'port'>): string {
  return `${host}:${port}`;
}

/** Where no name at all has an address, it is not the source. */
function unnamed({ host }: SourceTrial): Omit<Trouble, 'source'> {
  return { code: 'K-DNS', about: '', what: host };
}

function troubleOf(trial: SourceTrial): Omit<Trouble, 'source'> | undefined {
  const { host, at, said = '' } = trial;
  switch (trial.outcome) {
    case 'open':
      return undefined;
    case 'untrusted':
      return { code: 'K-TLS', about: said, what: at === undefined ? host : withoutPort(at) };
    case 'proxy-login':
      return { code: 'K-PROXY-LOGIN', about: at ?? 'the proxy', what: host };
    case 'portal':
      return { code: 'K-PORTAL', about: at ?? '', what: host };
    case 'no-name':
      return closed(trial, 'is not known');
    case 'silent':
      return closed(trial, 'does not answer');
    case 'refused':
      return closed(trial, said === '' ? 'refuses' : `refuses (${said})`);
    case 'status':
      return closed(trial, `answers ${said}`);
    case 'failed':
      return closed(trial, `gives nothing (${said})`);
  }
}

/** "b.example:443, to which a.example sends on, does not answer" */
function closed(trial: SourceTrial, how: string): Omit<Trouble, 'source'> {
  const { host, at, proxy } = trial;
  if (at === undefined) return { code: 'K-SOURCE', about: '', what: `${sourceOf(trial)} ${how}` };
  const what = proxy === true ? `the proxy ${at} ${how}` : `${at}, to which ${host} sends on, ${how}`;
  // A proxy that nobody reaches is told once; one that refuses may let another name through.
  const named = proxy === true && trial.said !== undefined ? `${what} for ${host}` : what;
  return { code: 'K-SOURCE', about: '', what: named };
}

function withoutPort(place: string): string {
  return place.replace(/:443$/, '');
}
