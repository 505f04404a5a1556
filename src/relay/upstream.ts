import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Asked } from './asked.js';
import { getOnce } from './outward.js';
import type { Headers, Outward } from './outward.js';
import { Trouble } from './trouble.js';

/** As many as browsers follow before they suspect a circle, and more than any registry needs. */
const REDIRECTS = 6;

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  '*/*',
].join(', ');

/** Gets what is asked for from where it comes from. Rejects with `Trouble`, also for every answer but 200. */
export type Fetch = (asked: Asked) => Promise<IncomingMessage>;

/** Follows to where a server sends on, and shows a registry the token that anybody gets. */
export function upstream(o: Outward): Fetch {
  const tokens = new Map<string, string>();
  return async ({ url, from }) => {
    if (from === 'packages') return must200(await follow(new URL(url), {}, o));
    const accept = { accept: MANIFESTS };
    const scope = url.replace(/\/(?:manifests|blobs)\/[^/]*$/, '');
    const known = tokens.get(scope);
    const answer = await follow(new URL(url), { ...accept, ...bearer(known) }, o);
    if (answer.statusCode !== 401) return must200(answer);
    answer.resume();
    const token = await tokenFor(answer, o);
    tokens.set(scope, token);
    return must200(await follow(new URL(url), { ...accept, ...bearer(token) }, o));
  };
}

async function follow(url: URL, headers: Headers, o: Outward, left = REDIRECTS): Promise<IncomingMessage> {
  const answer = await getOnce(url, headers, o);
  const { location } = answer.headers;
  if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined) return answer;
  answer.resume();
  const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const isSafe = next?.protocol === 'https:' || (next?.protocol === 'http:' && url.protocol === 'http:');
  if (next === undefined || !isSafe || left === 0)
    throw new Trouble(`${url.hostname} sends on to ${location}, which kmon does not follow`);
  const { authorization, ...open } = headers;
  // What one host may know is not for another.
  const shown = authorization === undefined || next.host !== url.host ? open : headers;
  return follow(next, shown, o, left - 1);
}

function must200(answer: IncomingMessage): IncomingMessage {
  const { statusCode = 0, statusMessage = '' } = answer;
  if (statusCode === 200) return answer;
  answer.destroy();
  throw new Trouble(`${statusCode} ${statusMessage}`.trim(), statusCode);
}

function bearer(token: string | undefined): Headers {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A registry says with its no where a token is had, and what for. */
async function tokenFor(refusal: IncomingMessage, o: Outward): Promise<string> {
  const challenge = refusal.headers['www-authenticate'] ?? '';
  const given = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const realm = given.get('realm') ?? '';
  if (!/^bearer /i.test(challenge) || !realm.startsWith('https://') || !URL.canParse(realm))
    throw new Trouble('401 it wants a login', 401);
  const url = new URL(realm);
  for (const name of ['service', 'scope']) {
    const value = given.get(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const said: unknown = JSON.parse(await text(must200(await follow(url, {}, o))));
  const token = typeof said === 'object' && said !== null ? Object.entries(said) : [];
  const found = token.find(([name, value]) => /^(access_)?token$/.test(name) && typeof value === 'string');
  if (found === undefined) throw new Trouble(`${url.hostname} gives no token`);
  return String(found[1]);
}
