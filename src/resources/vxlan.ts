import { KmonError } from '../errors/kmon-error.js';
import { changes, inOrder, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type VxlanParams = {
  /** Name of the device; at most 15 characters. */
  readonly device: string;
  /** Number of the overlay; with the port it is one device's alone. */
  readonly vni: number;
  /** UDP. */
  readonly port: number;
  readonly mac: string;
  /** The machine's own address inside of the overlay, IPv4. */
  readonly address: string;
  /** Bytes that fit into one packet of the overlay. */
  readonly mtu: number;
};

/** The link of that name, as `ip` tells it in one line, and its IPv4 addresses; `link` is empty where there is none. */
export type VxlanState = { readonly link: string; readonly addresses: readonly string[] };

/**
 * A VXLAN device: what goes through it travels in UDP packets between the machines. It learns from no packet who is where; its peers are
 * told to it (`vxlan-peer`). It is bound to no network card and no address of the machine, so that one that gets another address, or is
 * behind NAT, goes on. It does not survive a restart of the machine. What others have given to the device goes with it.
 */
export function vxlan(params: VxlanParams): Resource<VxlanState> {
  const { device, vni, port, mac, address, mtu } = params;
  const own = `${address}/32`;
  return {
    id: `vxlan ${device}`,
    kind: 'vxlan',
    params,
    read: reads`ip -o -d link show dev ${device} 2>/dev/null | tr -d '\\' | sed 's/^/link /'
ip -o -4 address show dev ${device} 2>/dev/null | sed -n 's/^.* inet \([0-9./]*\) .*$/address \1/p'`,
    parse: (result) => {
      const lines = new Fields(result, ['link', 'address']);
      const [link = ''] = lines.all('link');
      return { link: link.replace(/^\d+: /, '').trim(), addresses: lines.all('address').toSorted() };
    },
    satisfied: ({ link, addresses }) =>
      isOf(link, { vni, port }) &&
      valueOf(link, 'link/ether') === mac &&
      valueOf(link, 'mtu') === String(mtu) &&
      /<[^>]*\bUP\b/.test(link) &&
      addresses.length === 1 &&
      addresses[0] === own,
    change: ({ link, addresses }) => {
      if (link !== '' && !isOf(link, { vni, port }))
        throw new KmonError('precondition', `the name ${device} belongs to another network link`, {
          hint: `find out whose it is (ip -d link show dev ${device}); give it another name, or take it away if its owner agrees`,
        });
      const others = addresses.filter((a) => a !== own);
      return inOrder([
        // With its MAC address from the start: udev gives one of its own to a device that has a random one.
        changes`ip link show dev ${device} >/dev/null 2>&1 || ip link add name ${device} address ${mac} mtu ${mtu} type vxlan id ${vni} dstport ${port} nolearning`,
        changes`ip link set dev ${device} address ${mac} mtu ${mtu} up`,
        ...others.map((a) => changes`ip -4 address del ${a} dev ${device}`),
        changes`ip -4 address replace ${own} dev ${device}`,
      ]);
    },
    describe: ({ link }) => `${link === '' ? 'make' : 'change'} the overlay device ${device}`,
    restore: (found, now) =>
      found.link !== '' || now.link === '' || !isOf(now.link, { vni, port })
        ? 'nothing'
        : changes`if [ -e ${`/sys/class/net/${device}`} ]; then ip link delete dev ${device}; fi`,
  };
}

/** Whether it is this overlay's device, whatever else there is to change about it. */
function isOf(link: string, { vni, port }: Pick<VxlanParams, 'vni' | 'port'>): boolean {
  const vxlan = link.slice(Math.max(0, link.indexOf(' vxlan ')));
  return (
    valueOf(vxlan, 'id') === String(vni) &&
    valueOf(vxlan, 'dstport') === String(port) &&
    / nolearning\b/.test(vxlan)
  );
}

function valueOf(line: string, word: string): string | undefined {
  const words = line.split(/\s+/);
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
}
