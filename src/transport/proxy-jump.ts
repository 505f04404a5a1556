import type { SshLogin } from '../config/config.js';

/**
 * The jump hosts of a ProxyJump, first hop first; none for `none`. As OpenSSH reads it: a comment, and all behind a blank, does not count;
 * the last `@` ends the user (`ada@school.lan@gate`), but the first one in an address of the form `ssh://`, where others are written `%40`.
 * `undefined`: it is none.
 */
export function parseJumps(text: string): readonly SshLogin[] | undefined {
  const list = text.replace(/[#\s].*$/s, '');
  if (list.toLowerCase() === 'none') return [];
  const hops = list.split(',').map((hop) => (hop.startsWith('ssh://') ? parseUri(hop) : parseHop(hop)));
  return hops.every((hop) => hop !== undefined) ? hops : undefined;
}

function parseHop(text: string): SshLogin | undefined {
  const at = text.lastIndexOf('@');
  return at === 0 ? undefined : withUser(at === -1 ? undefined : text.slice(0, at), text.slice(at + 1));
}

function parseUri(text: string): SshLogin | undefined {
  const rest = text.slice('ssh://'.length).replace(/\/$/, '');
  const at = rest.indexOf('@');
  if (at === -1) return withUser(undefined, rest);
  const user = decode(rest.slice(0, at).replace(/;.*$/s, ''));
  const hop = withUser(user, rest.slice(at + 1));
  // OpenSSH takes no IPv6 address here, and `ssh://ada@school.lan@gate` has an @ in its host.
  return user === undefined || user === '' || hop === undefined || /[^\w.-]/.test(hop.host) ? undefined : hop;
}

function withUser(user: string | undefined, place: string): SshLogin | undefined {
  const [, bracketed, plain = '', port = ''] =
    /^(?:\[([^\]]*)\]|([^:/[][^:/]*))(?::(\d*))?$/.exec(place) ?? [];
  const host = bracketed ?? plain;
  if (host === '' || !(port === '' || isPort(port))) return undefined;
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === '' ? {} : { port: Number(port) }),
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65536;
}
