import type { Sample } from '../artifacts/supply.js';
import type { SourceTrial } from './network-proof.js';

/** What a machine told of one sample, in order. */
export type SampleStory = readonly SampleEvent[];

export type SampleEvent =
  /** It was sent on to this address. */
  | { readonly what: 'sent'; readonly url: string }
  /** Something came, which begins like this. */
  | { readonly what: 'got'; readonly begins: string }
  /** apt's word for the failure, where it has one, and its message. */
  | { readonly what: 'failed'; readonly reason: string; readonly message: string }
  /** Who has signed the certificate that was shown. */
  | { readonly what: 'signer'; readonly name: string }
  /** Asked without TLS, it sends on to this address. */
  | { readonly what: 'door'; readonly url: string }
  /** The time was over. */
  | { readonly what: 'late' };

/** What is known of a sample's outcome, without whose it is. */
export type SampleOutcome = Pick<SourceTrial, 'outcome' | 'at' | 'proxy' | 'said'>;

/** Reads the answer of `reach`: the story of each sample by its number. `undefined`: apt is not there to ask. */
export function parseReached(stdout: string): ReadonlyMap<number, SampleStory> | undefined {
  const lines = stdout.split('\n');
  if (lines.includes('no-apt')) return undefined;
  const stories = new Map<number, SampleEvent[]>();
  for (const line of lines) {
    const [, number, what = '', rest = ''] = /^(\d+) ([a-z]+)(?: (.*))?$/.exec(line) ?? [];
    const event = eventOf(what, rest.trim());
    if (number === undefined || event === undefined) continue;
    const story = stories.get(Number(number)) ?? [];
    stories.set(Number(number), [...story, event]);
  }
  return stories;
}

function eventOf(what: string, rest: string): SampleEvent | undefined {
  switch (what) {
    case 'sent':
    case 'door':
      return { what, url: rest };
    case 'got':
      return { what, begins: rest };
    case 'failed': {
      const [, reason = '', message = ''] = /^(\S+) ?(.*)$/.exec(rest) ?? [];
      return { what, reason, message };
    }
    case 'signer':
      return { what, name: rest };
    case 'late':
      return { what };
    default:
      return undefined;
  }
}

/** Judges what a machine told of a sample; `proxy`: the host of the proxy that led there. Pure. */
export function outcomeOf(
  { url, proof }: Pick<Sample, 'url' | 'proof'>,
  story: SampleStory,
  proxy?: string,
): SampleOutcome {
  const last = story.findLast((e) => e.what === 'sent')?.url ?? url;
  const at = placeOf(last) === placeOf(url) ? {} : { at: placeOf(last) };
  const end = story.find((e) => e.what === 'got' || e.what === 'failed' || e.what === 'late');
  if (end?.what === 'got')
    return isWanted(proof, end.begins) ? { outcome: 'open' } : { outcome: 'portal', ...at };
  if (end?.what === 'failed')
    return failureOf(end, { url, proof, at, story, ...(proxy === undefined ? {} : { proxy }) });
  return { outcome: 'silent', ...at };
}

/** Host and port of an address. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { hostname, port, protocol } = new URL(url);
  const standard = protocol === 'http:' ? '80' : '443';
  return `${hostname}:${port === '' ? standard : port}`;
}

function isWanted(proof: Sample['proof'], begins: string): boolean {
  if (proof === 'key' || proof === 'release') return begins === proof;
  // What a registry says in greeting is nothing to rely on, but it is no page for people.
  return proof === 'answer' || begins !== 'page';
}

/** Answers of a registry that wants a token, which everybody is given: it is there. */
const GREETING = 'HttpError401';

interface Asked {
  readonly url: string;
  readonly proof: Sample['proof'];
  /** Where it was sent on to, if it was. */
  readonly at: Pick<SourceTrial, 'at'>;
  readonly story: SampleStory;
  readonly proxy?: string;
}

function failureOf(
  { reason, message }: Extract<SampleEvent, { what: 'failed' }>,
  { url, proof, at, story, proxy }: Asked,
): SampleOutcome {
  if (/^407 |proxy: HTTP\/\d\S* 407/.test(message))
    return { outcome: 'proxy-login', ...(proxy === undefined ? {} : { at: proxy, proxy: true as const }) };
  const status = /^HttpError(\d+)$/.exec(reason)?.[1];
  if (status !== undefined) {
    if (proof === 'answer' || (proof === 'registry' && reason === GREETING)) return { outcome: 'open' };
    // Of a repository, which of its files: another may be there.
    const file = proof === 'registry' ? '' : ` to ${new URL(url).pathname}`;
    return { outcome: 'status', ...at, said: `${tidy(message)}${file}` };
  }
  const signer = story.find((e) => e.what === 'signer')?.name ?? '';
  const door = story.find((e) => e.what === 'door')?.url;
  if (door !== undefined && siteOf(door) !== siteOf(url))
    return { outcome: 'portal', at: placeOf(door), said: signedBy(signer) };
  if (/certificate verif|No system certificates/i.test(message))
    return {
      outcome: 'untrusted',
      ...at,
      said: distrust(message) ?? signedBy(signer),
    };
  const refusing = /proxy: HTTP\/\d\S* (\d{3}[^\r\n]*)/.exec(message)?.[1];
  if (refusing !== undefined)
    return {
      outcome: 'refused',
      ...(proxy === undefined ? at : { at: proxy, proxy: true as const }),
      said: tidy(refusing.replace(/ {2}.*/, '')),
    };
  const about = aboutProxy(message, proxy) ?? at;
  if (/ResolveFailure/i.test(reason) || /resol/i.test(message)) return { outcome: 'no-name', ...about };
  if (/timed? ?out/i.test(reason) || /timed out/i.test(message)) return { outcome: 'silent', ...about };
  if (/refused|reset/i.test(reason) || /refused|reset by peer|No route|unreachable/i.test(message))
    return { outcome: 'refused', ...about };
  return { outcome: 'failed', ...about, said: tidy(message) };
}

/** `Could not connect to proxy.example:3128 (192.0.2.1)`, `Could not resolve 'proxy.example'`: it is the proxy that could not be reached. */
function aboutProxy(
  message: string,
  proxy: string | undefined,
): Pick<SourceTrial, 'at' | 'proxy'> | undefined {
  const named = /(?:connect to|connection to|resolv\w*) '?([^\s':]+)/.exec(message)?.[1];
  return proxy !== undefined && named === proxy.replace(/:\d+$/, '') ? { at: proxy, proxy: true } : undefined;
}

function signedBy(signer: string): string {
  return signer === '' ? '' : `signed by ${signer}`;
}

/** Of whom an address is: the last two words of its name, or all of what is no name. */
function siteOf(url: string): string {
  const { hostname } = new URL(URL.canParse(url) ? url : 'http://-');
  return /^[\d.]+$/.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.');
}

/** What is wrong with a certificate whoever has signed it, or with what it is judged by; in GnuTLS' words and in OpenSSL's. */
function distrust(message: string): string | undefined {
  if (/No system certificates/i.test(message)) return 'the machine knows no authorities';
  if (/not yet valid|not activated/i.test(message)) return 'the certificate is not yet valid';
  if (/expired/i.test(message)) return 'the certificate has expired';
  return undefined;
}

/** Without what apt adds for itself, in one piece. */
function tidy(message: string): string {
  return message
    .replace(/\[IP: [^\]]*\]/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
