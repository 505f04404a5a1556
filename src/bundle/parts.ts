import { basename, join } from 'node:path';
import type { Role } from '../room/machine.js';
import type { Bundle, BundlePart } from './bundle.js';

/** How the name of a packed file ends. */
export const PACKED = '.gz';

/** The parts a machine of this role needs, in the order of the bundle; of every architecture unless one is named. */
export function partsFor(bundle: Bundle, role: Role, architecture?: string): readonly BundlePart[] {
  return bundle.parts.filter(
    (p) => p.for.includes(role) && (p.architecture ?? architecture) === (architecture ?? p.architecture),
  );
}

/** The program or plugin of that name; the distribution's packages bring those that a bundle lacks. */
export function findProgram(bundle: Bundle, name: string): BundlePart | undefined {
  return bundle.parts.find((p) => p.kind === 'binary' && p.name === name);
}

/** Absolute path of a part on this computer. */
export function bundlePartFile(bundle: Bundle, part: BundlePart): string {
  return join(bundle.folder, part.file);
}

/** What a part is called on a machine: there it is unpacked. */
export function fileName({ file, unpacked }: { readonly file: string; readonly unpacked?: unknown }): string {
  return unpacked === undefined ? basename(file) : basename(file, PACKED);
}

/** The bundle's image whose name (without registry and version) is `name`, such as "node-exporter". */
export function findImage(bundle: Bundle, name: string): string | undefined {
  return bundle.parts.flatMap((p) => p.images).find((image) => isImage(image, name));
}

/** Whether this is the name of an image as it is asked for: its last part is `name`, whatever the registry and the version. */
export function isImage(image: string, name: string): boolean {
  return (
    image
      .replace(/:[^:/]*$/, '')
      .split('/')
      .at(-1) === name
  );
}
