import type { Need } from '../artifacts/need.js';
import { packagesFor } from '../artifacts/packages.js';
import { CONTAINERD } from '../artifacts/programs.js';
import type { SentFile, Supply } from '../artifacts/supply.js';
import { DEFAULT_VERSION } from '../config/versions.js';
import { KmonError } from '../errors/kmon-error.js';
import type { GuestArchitecture } from './manifest.js';

/** What kmon would put on a child that is a guest, as far as it can be there before. */
export interface GuestContents {
  /** Of Debian's own. */
  readonly packages: readonly string[];
  /** Files that would be sent, at the places where kmon would put them: by their checksums it sees that they are there. */
  readonly programs: readonly SentFile[];
}

/** A guest's pods are in the network `vxlan`. Which monitoring there is decides about images, and none is in the image of a guest. */
const CHILD: Need = { role: 'child', version: DEFAULT_VERSION, network: 'vxlan', profile: 'lite' };

/**
 * The programs that the supply sends, and the packages of Debian that are needed beside them; its containerd too, where none is sent. What comes
 * from other repositories comes in the room.
 *
 * @throws KmonError `config` when the supply has nothing for such machines.
 */
export function guestContents(architecture: GuestArchitecture, supply: Supply): GuestContents {
  const misfit = supply.misfit(architecture);
  if (misfit !== undefined) {
    throw new KmonError('config', `there is nothing for guests of ${architecture}: ${misfit.evidence}`, {
      hint: misfit.remedy,
    });
  }
  const debians = [...packagesFor(CHILD), CONTAINERD.package].filter((p) => p.source === undefined);
  return {
    packages: supply.packages(debians, CHILD).names,
    programs: supply.sentTo('child', 'node', architecture).files,
  };
}
