/** What was measured between the machines of the room: plain data, no verdict. Names are machines' names. */
export interface NetworkProof {
  /**
   * TCP connections that were tried, from one machine's host network to another's. Also from a machine to its own address where it is
   * not sure that somebody listens: refused there, what others found says nothing.
   */
  readonly ports: readonly PortTrial[];
  /** UDP packets to the overlay's port and their echoes. */
  readonly echoes: readonly EchoTrial[];
  /** Packets with addresses of pods at both ends, as the pod network `routes` sends them; absent: none were tried. */
  readonly foreign?: readonly ForeignTrial[];
  /** Between the parent and each child, both ways; no faster than `SPEED_CEILING`. */
  readonly speeds: readonly SpeedTrial[];
  /** Where packages and images come from, as tried from each machine. */
  readonly sources: readonly SourceTrial[];
  /** What could not be tried, and why: no perl, a port held by another program. */
  readonly untried: readonly Untried[];
}

/** Something that could not be tried, which is no failure of the machine. */
export interface Untried {
  readonly machine: string;
  readonly what: string;
  readonly because: string;
}

export interface PortTrial {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** `silent`: nothing came back in time, as when a firewall drops. `refused`: a reset or an ICMP error came, although somebody listens. */
  readonly outcome: 'open' | 'silent' | 'refused' | 'no-route';
  /** Of the handshake, in milliseconds; for `open` only. */
  readonly rttMs?: number;
}

export interface EchoTrial {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly sent: number;
  /** What `to` counted: less than `sent` was lost on the way there. */
  readonly arrived: number;
  /** What `from` got back: less than `arrived` was lost on the way back. */
  readonly answered: number;
  /** Median of the round trips, in milliseconds. */
  readonly rttMs?: number;
  /** The largest IPv4 packet that came through and back unfragmented, in bytes; absent when none did. */
  readonly mtu?: number;
  /** The largest that came as far as `to`; more than `mtu` when only the way back is too narrow for it. */
  readonly mtuThere?: number;
}

export interface ForeignTrial {
  readonly from: string;
  readonly to: string;
  readonly sent: number;
  /** What `to` saw on its link, whatever it makes of it. */
  readonly arrived: number;
  /** `to` is on the same segment: `from` has its link address. Otherwise nothing was sent. */
  readonly direct: boolean;
}

/**
 * Bits per second at which a trial stops going faster. Nothing in the workshop needs more, and a borrowed network is not filled up
 * to find out how fast it is: a figure near this one means "at least".
 */
export const SPEED_CEILING = 100_000_000;

export interface SpeedTrial {
  readonly from: string;
  readonly to: string;
  readonly bitsPerSecond: number;
  /** `together`: while all children sent at once; `alone`: measured again by itself because it had looked slow. */
  readonly when: 'together' | 'alone';
}

/** What came of asking for a few bytes of what packages or images come from. */
export interface SourceTrial {
  readonly machine: string;
  /** Who was asked. */
  readonly host: string;
  readonly port: number;
  readonly outcome: SourceOutcome;
  /** Whom the outcome is about, as `host:port`, where it is not who was asked: another name that it sent on to, or the proxy. */
  readonly at?: string;
  /** The proxy is meant by that. */
  readonly proxy?: true;
  /** What was said, in the machine's own words or those of who answered: a status, the name of an authority, a reason. */
  readonly said?: string;
}

/**
 * `open`: what has to come came. `no-name`: the name has no address. `silent`: nothing came back in time. `refused`: nobody listens, or a
 * firewall says no. `untrusted`: the machine trusts nobody who has signed for that name (`said`: who has). `proxy-login`: the proxy wants a name
 * and a password. `portal`: something else than what was asked for came, as from a network that wants a login first. `status`: it answers, but
 * does not give it. `failed`: whatever else, in the machine's words.
 */
export const SOURCE_OUTCOMES = [
  'open',
  'no-name',
  'silent',
  'refused',
  'untrusted',
  'proxy-login',
  'portal',
  'status',
  'failed',
] as const;

export type SourceOutcome = (typeof SOURCE_OUTCOMES)[number];
