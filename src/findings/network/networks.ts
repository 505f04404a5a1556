import { FLANNEL, FLANNEL_CNI_PLUGIN } from '../../artifacts/images.js';
import { withNetwork } from '../../artifacts/pod-network.js';
import type { Supply } from '../../artifacts/supply.js';
import { allMachines } from '../../room/room.js';
import { firstThatWorks, networksHere } from '../../trial/networks-here.js';
import type { NetworkHere } from '../../trial/networks-here.js';
import type { Config } from '../../config/config.js';
import type { Sight } from '../sight/sight.js';

/** Which pod networks would work in the room that was looked at; `undefined`: its network was not tried. */
export function networksSeen({
  config: { room },
  supply,
  factsOf,
  network: proof,
}: Pick<Sight, 'config' | 'supply' | 'factsOf' | 'network'>): readonly NetworkHere[] | undefined {
  if (proof === undefined) return undefined;
  const noFlannel = whyNoFlannel(supply);
  return networksHere({
    room,
    proof,
    ...(noFlannel === undefined ? {} : { noFlannel }),
    // What a container shows of its host's kernel says nothing.
    withoutVxlan: allMachines(room)
      .map(({ name }) => name)
      .filter((name) => {
        const facts = factsOf.get(name);
        return facts?.container === false && facts.kernelFeatures.vxlan === 'missing';
      }),
  });
}

/** The configuration with the network that `auto` takes by what was tried; as it is where none would work, or nothing was tried. */
export function networkTaken(sight: Pick<Sight, 'config' | 'supply' | 'factsOf' | 'network'>): Config {
  const network = firstThatWorks(networksSeen(sight) ?? []);
  return network === undefined ? sight.config : withNetwork(sight.config, { network });
}

function whyNoFlannel(supply: Pick<Supply, 'image' | 'called'>): string | undefined {
  const has = [FLANNEL, FLANNEL_CNI_PLUGIN].every((image) => supply.image(image) !== undefined);
  return has ? undefined : `${supply.called} has no image of it`;
}
