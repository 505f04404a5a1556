import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type LoopbackAddressParams = {
  /** IPv4. */
  readonly address: string;
};

/** Addresses of the loopback device with their prefixes; `made`: those that bear kmon's mark, by now or by an earlier run. */
export type LoopbackAddressState = {
  readonly addresses: readonly string[];
  readonly made?: readonly string[];
};

/** The label of an address: `lo` has to be before it. */
const MARK = 'lo:kmon';

/**
 * An address that a machine is known by and that is none of its network cards': of a guest that of its laptop. The kubelet takes an address for
 * the node's only where the machine has it, and the loopback device is there whatever the kernel is made of. It does not survive a restart.
 * kmon's own of before goes: to a laptop that has that address by now the guest would speak to itself.
 */
export function loopbackAddress({ address }: LoopbackAddressParams): Resource<LoopbackAddressState> {
  const own = `${address}/32`;
  const older = ({ made = [] }: LoopbackAddressState): readonly string[] => made.filter((a) => a !== own);
  return {
    id: `loopback address ${address}`,
    kind: 'loopback-address',
    params: { address },
    read: reads`ip -o -4 address show dev lo | sed -n 's/^.* inet \([0-9./]*\) .*$/address \1/p'
ip -o -4 address show dev lo label ${MARK} | sed -n 's/^.* inet \([0-9./]*\) .*$/made \1/p'`,
    parse: (result) => {
      const told = new Fields(result, ['address', 'made']);
      const made = told.all('made').toSorted();
      return { addresses: told.all('address').toSorted(), ...(made.length === 0 ? {} : { made }) };
    },
    satisfied: (now) => now.addresses.includes(own) && older(now).length === 0,
    change: (now) => {
      const add = changes`ip -4 address replace ${own} dev lo label ${MARK}`;
      return older(now).reduce(
        (before, a) => changes`ip -4 address del ${a} dev lo label ${MARK} 2>/dev/null || :
${before}`,
        add,
      );
    },
    describe: () => `give the guest the address of its laptop, ${address}`,
    restore: (found, now) =>
      found.addresses.includes(own) || !now.addresses.includes(own)
        ? 'nothing'
        : changes`ip -4 address del ${own} dev lo 2>/dev/null || :`,
  };
}
