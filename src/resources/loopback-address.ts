import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type LoopbackAddressParams = {
  /** IPv4. */
  readonly address: string;
};

/** Addresses of the loopback device with their prefixes. */
export type LoopbackAddressState = { readonly addresses: readonly string[] };

/**
 * An address that a machine is known by and that is none of its network cards': of a guest that of its laptop. The kubelet takes an address for
 * the node's only where the machine has it, and the loopback device is there whatever the kernel is made of. It does not survive a restart.
 */
export function loopbackAddress({ address }: LoopbackAddressParams): Resource<LoopbackAddressState> {
  const own = `${address}/32`;
  return {
    id: `loopback address ${address}`,
    kind: 'loopback-address',
    params: { address },
    read: reads`ip -o -4 address show dev lo | sed -n 's/^.* inet \([0-9./]*\) .*$/address \1/p'`,
    parse: (result) => ({ addresses: new Fields(result, ['address']).all('address').toSorted() }),
    satisfied: ({ addresses }) => addresses.includes(own),
    change: () => changes`ip -4 address replace ${own} dev lo`,
    describe: () => `give the guest the address of its laptop, ${address}`,
    restore: (found, now) =>
      found.addresses.includes(own) || !now.addresses.includes(own)
        ? 'nothing'
        : changes`ip -4 address del ${own} dev lo 2>/dev/null || :`,
  };
}
