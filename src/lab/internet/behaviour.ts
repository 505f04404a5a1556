/**
 * How the lab's Internet behaves, as one value: what its machine answers, how it answers and what it lets through are rendered from this and
 * from nothing else. What is not said of it is as in a room where nothing is in the way.
 */
export interface InternetBehaviour {
  readonly refuses: readonly Refusal[];
  /** `silent`: questions for names are dropped, as by a line that is dead; `closed`: there is no name server. */
  readonly dns?: 'silent' | 'closed';
  /** The name of who signs in the place of the world's authorities, as the filter of a school does. */
  readonly intercepts?: string;
  /** An HTTP proxy that wants a password is the only way out. What the room's machines have been told of it. */
  readonly proxy?: ProxyKnown;
  /** Whatever is asked for, the answer leads to a page where one has to log in. */
  readonly portal?: true;
  /** Of all machines together. */
  readonly bytesPerSecond?: number;
  /** Every connection breaks off behind so many bytes. */
  readonly cutAfterBytes?: number;
}

/** Nothing is in the way. */
export const WELL: InternetBehaviour = { refuses: [] };

/** A name, or what is below a path of it. */
export interface Refusal {
  readonly name: string;
  /** "/prometheus/prometheus": of a registry, an image; otherwise a folder or a file. Empty: all of it. */
  readonly path: string;
  readonly how: RefusedHow;
}

export type RefusedHow = RefusedStatus | RefusedWay;

/** What an HTTP server may say instead of what was asked for. */
export const REFUSED_STATUS = [403, 404, 429, 500, 503] as const;
export type RefusedStatus = (typeof REFUSED_STATUS)[number];

/** `unknown`: there is no such name. `closed`: connections are refused. `silent`: there is no answer to them. */
export const REFUSED_WAY = ['unknown', 'closed', 'silent'] as const;
export type RefusedWay = (typeof REFUSED_WAY)[number];

export const PROXY_KNOWN = ['nothing', 'address', 'password'] as const;
export type ProxyKnown = (typeof PROXY_KNOWN)[number];

/** Who signs what is answered, where it is not the authority that the room's machines trust. */
export function foreignAuthority({ intercepts, portal }: InternetBehaviour): string | undefined {
  return intercepts ?? (portal === true ? 'Wi-Fi portal' : undefined);
}

/** A line for everything that is not as it should be, in words; none when it is well. */
export function inWords(b: InternetBehaviour): readonly string[] {
  return [
    ...b.refuses.map(({ name, path, how }) => `${name}${path}: ${REFUSALS[how]}`),
    ...(b.dns === undefined ? [] : [`no name is resolved: ${DNS[b.dns]}`]),
    ...(b.intercepts === undefined ? [] : [`TLS is intercepted by ${b.intercepts}`]),
    ...(b.proxy === undefined
      ? []
      : [`only a proxy that wants a password leads out, and the machines know ${PROXY[b.proxy]}`]),
    ...(b.portal === true ? ['every request is led to a page where one has to log in'] : []),
    ...(b.bytesPerSecond === undefined ? [] : [`slow: ${b.bytesPerSecond} bytes a second`]),
    ...(b.cutAfterBytes === undefined ? [] : [`connections break off after ${b.cutAfterBytes} bytes`]),
  ];
}

const REFUSALS: Readonly<Record<RefusedHow, string>> = {
  403: 'answered with 403 (forbidden)',
  404: 'answered with 404 (not found)',
  429: 'answered with 429 (too many requests)',
  500: 'answered with 500 (server error)',
  503: 'answered with 503 (unavailable)',
  unknown: 'the name is not known',
  closed: 'connections are refused',
  silent: 'connections get no answer',
};

const DNS: Readonly<Record<NonNullable<InternetBehaviour['dns']>, string>> = {
  silent: 'questions get no answer',
  closed: 'there is no name server',
};

const PROXY: Readonly<Record<ProxyKnown, string>> = {
  nothing: 'nothing of it',
  address: 'its address, not the password',
  password: 'its address and the password',
};
