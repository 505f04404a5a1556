import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type GuestDoorParams = {
  /** The network card to which the laptop forwards. Its address may be another one after each start. */
  readonly device: string;
  /** The address by which the machine is known, where somebody listens. */
  readonly node: string;
  /** TCP. */
  readonly port: number;
};

/** The rules of the table, as `nft` writes them; none where there is no such table. */
export type GuestDoorState = { readonly rules: readonly string[] };

/** Of kmon's own: it goes as a whole. */
const TABLE = 'kmon-guest';

/**
 * What a laptop forwards comes to the guest's inner address; somebody who listens on the node's address alone, so that nobody of another network
 * asks it, would miss it. In a table of its own. It does not survive a restart.
 */
export function guestDoor({ device, node, port }: GuestDoorParams): Resource<GuestDoorState> {
  const rule = `iifname "${device}" ip daddr != ${node} fib daddr type local tcp dport ${port} dnat to ${node}:${port}`;
  const make = [
    `add table ip ${TABLE}`,
    `flush table ip ${TABLE}`,
    `add chain ip ${TABLE} doors { type nat hook prerouting priority dstnat; }`,
    `add rule ip ${TABLE} doors ${rule}`,
  ];
  return {
    id: `guest door ${port}`,
    kind: 'guest-door',
    params: { device, node, port },
    read: reads`nft list table ip ${TABLE} 2>/dev/null | sed -n 's/^[[:space:]]*\(.* dnat to .*\)$/rule \1/p'`,
    parse: (result) => ({ rules: new Fields(result, ['rule']).all('rule').map((line) => line.trim()) }),
    satisfied: ({ rules }) => rules.length === 1 && rules[0] === rule,
    change: () => changes`nft ${make.join('; ')}`,
    describe: () => `lead what is forwarded to port ${port} to who listens there`,
    restore: (found, now) =>
      found.rules.length > 0 || now.rules.length === 0
        ? 'nothing'
        : changes`if nft list table ip ${TABLE} >/dev/null 2>&1; then nft delete table ip ${TABLE}; fi`,
  };
}
