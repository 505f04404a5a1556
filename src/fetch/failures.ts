import { KmonError } from '../errors/kmon-error.js';

/** Why nothing came of a request, in words that a person can act on. */
export function notFetched(url: string, error: unknown, signal: AbortSignal): KmonError {
  if (error instanceof KmonError) return error;
  if (signal.aborted) return new KmonError('interrupted', 'stopped by Ctrl-C', { cause: error });
  const { host } = new URL(url);
  const found = [error, ...causesOf(error)];
  for (const { code, message } of found.map(told)) {
    const known = KNOWN.find(
      ({ codes, says }) => codes?.includes(code) === true || says?.test(message) === true,
    );
    if (known !== undefined) {
      return new KmonError('precondition', `${host} ${known.what}`, { hint: known.hint, cause: error });
    }
  }
  const last = told(found.at(-1));
  return new KmonError('precondition', `${host} gives no answer (${last.code || last.message})`, {
    hint: `look whether this computer reaches https://${host}, then run this again`,
    cause: error,
  });
}

/** What is said of a status that is no success. */
export function refused(
  url: string,
  { status, url: from }: { readonly status: number; readonly url: string },
): KmonError {
  const { host, pathname } = new URL(from === '' ? url : from);
  const what = `${host}${pathname}`;
  if (status === 404 || status === 410)
    return new KmonError('precondition', `${host} has no ${pathname} (HTTP ${status})`, {
      hint: 'ask another mirror, or look whether that version is published',
    });
  if (status === 429)
    return new KmonError('precondition', `${host} gives this address no more for now (HTTP 429)`, {
      hint: 'wait, then run this again: it goes on where it was',
    });
  if (status === 401 || status === 403)
    return new KmonError('precondition', `${what} is refused (HTTP ${status})`, {
      hint: `look whether a filter of this network blocks ${host}`,
    });
  if (status === 407) return proxyWantsLogin(undefined);
  return new KmonError('precondition', `${what} fails (HTTP ${status})`, {
    hint: 'run this again later: it goes on where it was',
  });
}

const PROXY_LOGIN = {
  what: 'is behind a proxy that wants a password',
  hint: 'put it into HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, then run this again',
};

function proxyWantsLogin(cause: unknown): KmonError {
  return new KmonError('precondition', 'the proxy wants a password', { hint: PROXY_LOGIN.hint, cause });
}

const KNOWN: readonly {
  readonly codes?: readonly string[];
  readonly says?: RegExp;
  readonly what: string;
  readonly hint: string;
}[] = [
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN'],
    what: 'is not known here: no name is resolved',
    hint: 'look whether this computer has Internet, then run this again',
  },
  {
    codes: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_UNTRUSTED',
    ],
    what: 'shows a certificate of an authority that is not trusted: something on the way reads along',
    hint: 'set NODE_EXTRA_CA_CERTS to the file with the authority of this network, or use another network',
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    what: 'shows a certificate that is not of this time',
    hint: 'look at the clock of this computer',
  },
  { says: /Proxy response \(407\)/, ...PROXY_LOGIN },
  {
    says: /Proxy response \(\d+\)/,
    what: 'is refused by the proxy',
    hint: 'look at HTTPS_PROXY and NO_PROXY of this computer',
  },
  {
    codes: ['ENOSPC'],
    what: 'could not be written: there is no space left',
    hint: 'make room, then run this again: it goes on where it was',
  },
];

function told(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}

/** Innermost last. */
function causesOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors.slice(0, 1) : [error.cause];
  return inner.flatMap((cause: unknown) => (cause === undefined ? [] : [cause, ...causesOf(cause)]));
}
