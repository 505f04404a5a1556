import type { RoomNetwork } from '../../computers/computer.js';
import { formatSubnet } from '../../config/networks/subnet.js';
import { roomDevice, roomNetwork } from './devices.js';
import { presentIn } from './sight.js';
import type { Sight } from './sight.js';

/**
 * The network of the room, for computers that are told of it: by the parent, else by the first machine that told its facts. When none
 * did, the /24 of the computer's own address: what nearly every room has.
 */
export function networkFor(sight: Sight, computer: { readonly address: string }): RoomNetwork {
  const [known] = presentIn(sight).flatMap((present) => {
    const network = roomNetwork(present);
    if (network === undefined) return [];
    const device = roomDevice(present);
    const gateway = present.facts.routes.find((r) => r.destination === 'default' && r.device === device)?.via;
    return [{ subnet: formatSubnet(network), ...(gateway === undefined ? {} : { gateway }) }];
  });
  return known ?? { subnet: computer.address.replace(/\d+$/, '0/24') };
}
