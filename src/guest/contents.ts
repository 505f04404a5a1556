import { bundleSupply } from '../artifacts/bundle-supply.js';
import type { Need } from '../artifacts/need.js';
import { containerdFor, packagesFor } from '../artifacts/packages.js';
import { CONTAINERD } from '../artifacts/programs.js';
import type { SentFile } from '../artifacts/supply.js';
import type { Bundle } from '../bundle/bundle.js';
import { DEFAULT_VERSION } from '../config/versions.js';
import { KmonError } from '../errors/kmon-error.js';
import type { GuestArchitecture } from './manifest.js';

/** What kmon would put on a child that is a guest, as far as it can be there before. */
export interface GuestContents {
  /** Of Debian's own. */
  readonly packages: readonly string[];
  /** Files of the bundle, at the places where kmon would put them: by their checksums it sees that they are there. */
  readonly programs: readonly SentFile[];
}

/** A guest's pods are in the network `vxlan`. Which monitoring there is decides about images, and none is in the image of a guest. */
const CHILD: Need = { role: 'child', version: DEFAULT_VERSION, network: 'vxlan', profile: 'lite' };

/**
 * With a bundle its programs, and the packages that it leaves to the distribution. Without one the packages of Debian, its containerd too; those of
 * Kubernetes come from its own repository, in the room.
 *
 * @throws KmonError `config` for a bundle of other machines.
 */
export function guestContents(architecture: GuestArchitecture, bundle?: Bundle): GuestContents {
  if (bundle === undefined) {
    const debians = [...packagesFor(CHILD), CONTAINERD.package].filter((p) => p.source === undefined);
    return { packages: debians.map((p) => p.name), programs: [] };
  }
  const supply = bundleSupply(bundle);
  const misfit = supply.misfit(architecture);
  if (misfit !== undefined) {
    throw new KmonError(
      'config',
      `the bundle in ${bundle.folder} has nothing for machines of ${architecture}`,
      {
        hint: `make it for them too: kmon bundle make ${bundle.folder} --arch ${[...bundle.architectures, architecture].join(',')}`,
      },
    );
  }
  return {
    packages: supply.packages([...packagesFor(CHILD), containerdFor(CHILD)], CHILD).names,
    programs: supply.sentTo('child', 'node', architecture).files,
  };
}
