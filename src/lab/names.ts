import { KmonError } from '../errors/kmon-error.js';

/** Everything a lab makes carries this label with the lab's name: `lab down` finds exactly its own by it. */
export const LAB_LABEL = 'kmon.lab';
/** The machine's name in its room. */
export const MACHINE_LABEL = 'kmon.lab.machine';
/** The folder with kmon.yaml and the keys. */
export const DIR_LABEL = 'kmon.lab.dir';
/** Where the machine is, also while it is stopped; on the network: its subnet. */
export const ADDRESS_LABEL = 'kmon.lab.address';
/** Name of the base image; its tag is the key of the recipe it was made by. */
export const IMAGE_REPOSITORY = 'localhost/kmon-lab';

/** The link inside a machine. */
export const MACHINE_LINK = 'eth0';

/**
 * A network's name; it is found again by its label.
 *
 * @param mark another one each time a network is made: podman keeps given-out addresses under the network's name, and an engine that
 * was killed outright never gives them back.
 */
export function networkName(lab: string, mark: string): string {
  return `kmon-${lab}-${mark}`;
}

export function containerName(lab: string, machine: string): string {
  return `kmon-${lab}-${machine}`;
}

/** The volume below /var/lib of one machine. */
export function volumeName(lab: string, machine: string): string {
  return `kmon-${lab}-${machine}-var-lib`;
}

/** `parent`, `child-1`, `child-2`, ... */
export function machineNames(children: number): readonly string[] {
  return ['parent', ...Array.from({ length: children }, (_, i) => `child-${i + 1}`)];
}

/** `guest-1`, `guest-2`, ...: children, each inside of a laptop of its own. */
export function guestNames(laptops: number): readonly string[] {
  return Array.from({ length: laptops }, (_, i) => `guest-${i + 1}`);
}

/** The container that is the laptop around a guest. */
export function laptopName(guest: string): string {
  return `${guest}-laptop`;
}

/** Parent 0, child-N N, guest-N behind all children; undefined for what is no machine's name. The order of every list, and the place in the subnet. */
export function machineIndex(machine: string): number | undefined {
  if (machine === 'parent') return 0;
  const [, kind, number] = /^(child|guest)-([1-9]\d{0,2})$/.exec(machine) ?? [];
  if (number === undefined) return undefined;
  return Number(number) + (kind === 'guest' ? MOST : 0);
}

/** Of children, and of laptops. */
const MOST = 100;

/** @throws KmonError `usage` for a name that container engines or file systems could trip over. */
export function checkLabName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(name) && !name.endsWith('-')) return;
  throw new KmonError('usage', `${JSON.stringify(name)} is no name for a lab`, {
    hint: 'use lower-case letters, digits and hyphens, a letter first, at most 31 characters',
  });
}

/** @throws KmonError `usage` unless it is a whole number of 0 to 100 of them. */
export function checkCount(count: number, what: 'children' | 'laptops'): void {
  if (Number.isInteger(count) && count >= 0 && count <= MOST) return;
  throw new KmonError('usage', `a lab cannot have ${count} ${what}`, {
    hint: `choose a number from 0 to ${MOST}`,
  });
}
