import { isIPv4, isIPv6 } from 'node:net';

/** What is asked for under load, taken apart. Who answers there is not known yet. */
export interface LoadAddress {
  readonly scheme: 'http' | 'https';
  /** A name in small letters without a dot at its end, or an IPv4 address. */
  readonly host: string;
  readonly port: number;
  /** With what is behind a question mark; begins with a slash. */
  readonly path: string;
}

/** An URL as it was typed, and its parts. */
export interface TypedAddress extends LoadAddress {
  readonly typed: string;
}

const STANDARD_PORTS = { http: 80, https: 443 } as const;

const NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** More than any application has, and less than what a machine takes as one word. */
const LONGEST = 2000;

/** The parts of an URL that may be asked for under load, or what is wrong with it: one clause for people. */
export function readLoadAddress(written: string): LoadAddress | string {
  if (written.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  // The URL parser would drop or turn these, and ask for something else than what stands there.
  if (/[\s\\\p{Cc}]/u.test(written)) return 'it has a blank, a backslash or a control character in it';
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return `http:// is missing before it`;
  if (!URL.canParse(written)) return 'it is no URL';
  const url = new URL(written);
  const scheme = url.protocol === 'http:' ? 'http' : url.protocol === 'https:' ? 'https' : undefined;
  if (scheme === undefined)
    return `it is ${url.protocol.slice(0, -1)}, and only http and https can be loaded`;
  if (url.username !== '' || url.password !== '')
    return 'it has a user or a password in it, which everybody on the machine that asks could read';
  if (url.hash !== '') return 'it has a # in it, and what follows is never sent';
  if (url.port === '0') return 'its port is 0';
  const host = url.hostname.replace(/\.$/, '');
  const mistake = mistakeInHost(host);
  if (mistake !== undefined) return mistake;
  const port = url.port === '' ? STANDARD_PORTS[scheme] : Number(url.port);
  return { scheme, host, port, path: `${url.pathname}${url.search}` };
}

function mistakeInHost(host: string): string | undefined {
  if (isIPv6(host.replaceAll(/[[\]]/g, ''))) return 'it has an IPv6 address, and the room has IPv4';
  if (host === 'localhost' || host.endsWith('.localhost') || /^(?:127|0)\./.test(host))
    return `${host} is whatever computer asks: name a machine of the room instead`;
  return isIPv4(host) || NAME.test(host) ? undefined : `${host} is no name of a computer`;
}

/** The port as an URL has it: nothing where it is the one that its scheme means anyway. */
export function portInUrl({ scheme, port }: Pick<LoadAddress, 'scheme' | 'port'>): string {
  return port === STANDARD_PORTS[scheme] ? '' : `:${port}`;
}
