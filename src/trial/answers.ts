import type { EchoTrial, ForeignTrial, PortTrial } from './network-proof.js';

/** What `listen` opened. */
export interface Listening {
  /** Of the process that listens. */
  readonly pid: number;
  readonly ports: readonly {
    readonly protocol: 'tcp' | 'udp';
    readonly port: number;
    /** `held`: another program has the port. `failed`: it could not be opened for another reason. */
    readonly state: 'opened' | 'held' | 'failed';
  }[];
  /** Whether it sees packets with addresses of pods; absent: it was not told to look. */
  readonly tap?: boolean;
}

/** What a machine found on the way to one peer, by the peer's number. */
export interface Tried {
  readonly ports: readonly (Pick<PortTrial, 'port' | 'outcome' | 'rttMs'> & { readonly peer: number })[];
  readonly echoes: readonly (Pick<EchoTrial, 'sent' | 'answered' | 'rttMs' | 'mtu'> & {
    readonly peer: number;
  })[];
  readonly foreign: readonly (Pick<ForeignTrial, 'sent' | 'direct'> & { readonly peer: number })[];
}

/** What a listener counted, by the sender's number. */
export type Counted = ReadonlyMap<
  number,
  { readonly packets: number; readonly largest?: number; readonly foreign?: number }
>;

const PORT_OUTCOMES: readonly PortTrial['outcome'][] = ['open', 'silent', 'refused', 'no-route'];
const STATES = ['opened', 'held', 'failed'] as const;

/** Reads the answer of `listen`; undefined when it did not start. */
export function parseListening(stdout: string): Listening | undefined {
  const pid = /^pid (\d+)$/m.exec(stdout)?.[1];
  if (pid === undefined) return undefined;
  const ports = wordsOf(stdout, 'port').flatMap(([protocol, port, said]) => {
    const state = STATES.find((s) => s === said);
    if ((protocol !== 'tcp' && protocol !== 'udp') || state === undefined) return [];
    return [{ protocol, port: Number(port), state } as const];
  });
  const [tap] = wordsOf(stdout, 'tap');
  return { pid: Number(pid), ports, ...(tap === undefined ? {} : { tap: tap[0] === 'opened' }) };
}

/** Reads the answer of `try`. */
export function parseTried(stdout: string): Tried {
  return {
    ports: wordsOf(stdout, 'tcp').flatMap(([peer, port, said, rtt]) => {
      const outcome = PORT_OUTCOMES.find((o) => o === said);
      return outcome === undefined
        ? []
        : [{ peer: Number(peer), port: Number(port), outcome, ...milliseconds(rtt) }];
    }),
    echoes: wordsOf(stdout, 'echo').map(([peer, sent, answered, rtt, size]) => ({
      peer: Number(peer),
      sent: Number(sent),
      answered: Number(answered),
      ...milliseconds(rtt),
      ...(Number(size) > 0 ? { mtu: Number(size) } : {}),
    })),
    foreign: wordsOf(stdout, 'foreign').map(([peer, sent, direct]) => ({
      peer: Number(peer),
      sent: Number(sent),
      direct: direct === 'direct',
    })),
  };
}

/** Reads the answer of `stop`. */
export function parseCounted(stdout: string): Counted {
  const counted = new Map(
    wordsOf(stdout, 'arrived').map(([sender, packets, largest]) => [
      Number(sender),
      { packets: Number(packets), ...(Number(largest) > 0 ? { largest: Number(largest) } : {}) },
    ]),
  );
  const foreign = wordsOf(stdout, 'foreign').map(
    ([sender, packets]) =>
      [Number(sender), { packets: 0, ...counted.get(Number(sender)), foreign: Number(packets) }] as const,
  );
  return new Map([...counted, ...foreign]);
}

/** Reads the answer of `speed`: bits per second from the peer and to it; what could not be measured is left out. */
export function parseSpeeds(
  stdout: string,
): readonly { readonly peer: number; readonly way: 'from' | 'to'; readonly bitsPerSecond: number }[] {
  return (['down', 'up'] as const).flatMap((word) =>
    wordsOf(stdout, word).flatMap(([peer, rate = '-']) =>
      rate === '-'
        ? []
        : [
            {
              peer: Number(peer),
              way: word === 'down' ? ('from' as const) : 'to',
              bitsPerSecond: Number(rate),
            },
          ],
    ),
  );
}

function wordsOf(stdout: string, word: string): readonly (readonly string[])[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.split(' ').slice(1));
}

function milliseconds(microseconds: string | undefined): { readonly rttMs?: number } {
  return microseconds === undefined || !/^\d+$/.test(microseconds)
    ? {}
    : { rttMs: Number(microseconds) / 1000 };
}
