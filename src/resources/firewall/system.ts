import type { Command } from '../../shell/command.js';
import type { ExecResult } from '../../transport/transport.js';

/** Who may come in, and where. Ranges are IPv4, as `192.0.2.0/24`. */
export type Opening = {
  /** The room's own network. */
  readonly room: string;
  /** The cluster's pods: they reach the ports of their own machine with their own addresses. */
  readonly pods: string;
  /** Such as `tcp 6443` and `udp 8472`. */
  readonly ports: readonly string[];
};

/** A rule that bears kmon's name. `at` is the chain, or what stands for one; `text` as the firewall itself writes it. */
export type TaggedRule = {
  readonly at: string;
  readonly text: string;
  /** By what it is deleted, where that is not its text. */
  readonly handle?: string;
  /** Something that drops comes before it. */
  readonly late: boolean;
};

/** `closed`: the places where something is dropped; empty where nothing is, or where this firewall is not in use. */
export type OpeningState = {
  readonly closed: readonly string[];
  readonly rules: readonly TaggedRule[];
  /** Rules of the owner's that say the same as one of kmon's would. */
  readonly covered: readonly string[];
};

export type RulePlace = Pick<TaggedRule, 'at' | 'text'>;

/** One kind of firewall: how it tells its state, and how rules are put in and taken out of it. */
export interface FirewallSystem {
  readonly read: Command<'reads'>;
  parse(result: ExecResult): OpeningState;
  /** What must stand in the closed places so that the opening is one, as this firewall writes it. */
  wanted(opening: Opening, closed: readonly string[]): readonly RulePlace[];
  /**
   * A tagged rule is as kmon makes them, under whatever parameters; another one was changed by somebody. `found`: how it was before kmon
   * came, for what cannot bear a name.
   */
  isOurs(rule: TaggedRule, found: OpeningState): boolean;
  /** Takes rules out, then puts rules in where they take effect before anything that drops; in one step where the firewall knows how. */
  edit(remove: readonly TaggedRule[], add: readonly RulePlace[]): Command<'changes'>;
}

export const TAG = 'kmon';

const RANGE = String.raw`\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}`;

/** A range as firewalls write it. For patterns that recognise kmon's rules. */
export const RANGE_PATTERN = RANGE;

/** The sources and ports of all rules for what comes in: pods only by TCP, since the overlay is spoken between machines. */
export function incoming(
  o: Opening,
): readonly { readonly from: string; readonly protocol: 'tcp' | 'udp'; readonly port: number }[] {
  const ports = o.ports.map(parsePort);
  return [o.room, o.pods].flatMap((from) =>
    ports
      .filter(({ protocol }) => from === o.room || protocol === 'tcp')
      .map(({ protocol, port }) => ({ from: plainRange(from), protocol, port })),
  );
}

export function plainRange(text: string): string {
  if (!new RegExp(`^${RANGE}$`).test(text)) throw new TypeError(`not an IPv4 range: ${text}`);
  return text;
}

function parsePort(text: string): { readonly protocol: 'tcp' | 'udp'; readonly port: number } {
  const [, protocol, digits = ''] = /^(tcp|udp) (\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if ((protocol !== 'tcp' && protocol !== 'udp') || port < 1 || port > 65535)
    throw new TypeError(`not a protocol and a port: ${text}`);
  return { protocol, port };
}
