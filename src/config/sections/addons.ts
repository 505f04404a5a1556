import { z } from 'zod';

/** The add-ons of the catalogue: what a class may have beside the workshop itself. One folder in `src/addons` each. */
export const ADDON_NAMES = [
  'metrics-server',
  'pushgateway',
  'blackbox',
  'storage',
  'ingress',
  'dashboard',
  'registry',
  'dockercoins',
] as const;

export type AddonName = (typeof ADDON_NAMES)[number];

/** A cluster has none that nobody asked for. */
export const ADDONS: readonly AddonName[] = [];

/** `addons`: which of them `kmon up` installs. A name that there is not, and one that stands there twice, are told by `check-addons.ts`. */
export const addons = z.array(
  z.string({ error: `one of ${ADDON_NAMES.join(', ')}` }).meta({ enum: [...ADDON_NAMES] }),
  { error: `a list of add-ons, such as [${ADDON_NAMES[0]}]` },
);

export function addonsOf(written: z.output<typeof addons> | undefined): readonly AddonName[] {
  return ADDON_NAMES.filter((name) => written?.includes(name) === true);
}

export function isAddonName(text: string): text is AddonName {
  return ADDON_NAMES.some((name) => name === text);
}
