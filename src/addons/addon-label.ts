import type { AddonName, Config } from '../config/config.js';

/** The label by which an object is known as one of an add-on. */
export const ADDON_LABEL = 'kmon/addon';

/** What all of an add-on carry, as `key=value`. */
export function labelOf(id: AddonName): string {
  return `${ADDON_LABEL}=${id}`;
}

/** The labels of everything of an add-on. */
export function labelsOf(id: AddonName): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/managed-by': 'kmon', [ADDON_LABEL]: id };
}

/** Why a room goes without an add-on of the catalogue. */
export function notListed(id: AddonName): (config: Pick<Config, 'addons'>) => string | undefined {
  return ({ addons }) => (addons.includes(id) ? undefined : 'kmon.yaml does not list it');
}
