import { KmonError } from '../errors/kmon-error.js';

/**
 * The CNI configuration of one machine in the `routes` network: JSON text for /etc/cni/net.d/10-kmon.conflist, made of the reference
 * plugins `ptp`, `host-local` and `portmap`.
 *
 * - Pods get addresses of this node's own range, each by a link of its own to the machine (no bridge, hence no br_netfilter, which a
 *   machine without loadable modules cannot have).
 * - The address carries the prefix of the whole pod range: `ipMasq` exempts exactly that range, so that pods see each other's real
 *   addresses across nodes, and hides them from everybody else.
 * - What makes the ranges reach each other is a route a peer on every machine; this file does not.
 *
 * @param network.podCidr This node's range, as the API gives it (`spec.podCIDR`); IPv4.
 * @param network.podSubnet The range of all pods of the cluster.
 * @throws KmonError `precondition` when the first is not a part of the second, or has no room for a pod.
 */
export function cniConflist(network: {
  readonly podCidr: string;
  readonly podSubnet: string;
  /** Bytes; absent: what the plugin takes from the machine. */
  readonly mtu?: number;
}): string {
  const own = range(network.podCidr);
  const all = range(network.podSubnet);
  if (own.first < all.first || own.last > all.last)
    throw new KmonError(
      'precondition',
      `the node's pod range ${network.podCidr} is no part of ${network.podSubnet}`,
      { hint: 'set kubernetes.podSubnet to the range that the cluster was made with' },
    );
  if (own.last - own.first < 3)
    throw new KmonError('precondition', `the node's pod range ${network.podCidr} has no room for a pod`);
  const conflist = {
    cniVersion: '0.4.0',
    name: 'kmon',
    plugins: [
      {
        type: 'ptp',
        ipMasq: true,
        ...(network.mtu === undefined ? {} : { mtu: network.mtu }),
        ipam: {
          type: 'host-local',
          ranges: [
            [
              {
                subnet: `${dotted(all.first)}/${all.prefix}`,
                rangeStart: dotted(own.first + 2),
                rangeEnd: dotted(own.last - 1),
                gateway: dotted(own.first + 1),
              },
            ],
          ],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(conflist, undefined, 2)}\n`;
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

function range(cidr: string): Range {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = (match ?? []).slice(1).map(Number);
  if (prefix > 32 || [a, b, c, d].some((byte) => byte > 255))
    throw new KmonError('precondition', `${cidr} is no IPv4 range such as 10.244.1.0/24`);
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { first, last: first + size - 1, prefix };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
