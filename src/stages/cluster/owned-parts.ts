import { parseAllDocuments } from 'yaml';
import type { Addon, ObjectsPart, Part } from '../../addons/addon.js';
import { OWNER_LABEL, ownerHere } from '../../cluster/owner.js';
import type { Context } from '../../engine/stage.js';

/** The parts of an add-on as they are put there from here: every object of the catalogue says by a label from where it was made. */
export function partsFromHere(
  addon: Pick<Addon, 'group' | 'install'>,
  c: Context,
  printed: ReadonlyMap<string, string>,
): readonly Part[] {
  const parts = addon.install?.(c, printed) ?? [];
  const owner = ownerHere(c.config);
  if (addon.group !== 'catalogue' || owner === undefined) return parts;
  return parts.map((part) => (part.kind === 'objects' ? owned(part, owner) : part));
}

function owned(part: ObjectsPart, owner: string): ObjectsPart {
  return { ...part, manifest: async () => withOwner(await part.manifest(), owner) };
}

function withOwner(manifest: string, owner: string): string {
  return parseAllDocuments(manifest)
    .filter((document) => document.contents !== null)
    .map((document) => {
      document.setIn(['metadata', 'labels', OWNER_LABEL], owner);
      // It has the mark that divides it from the others where it had one.
      return document.toString({ lineWidth: 0, directives: false });
    })
    .join('---\n');
}

/**
 * Whether what bears this label was made from here. In a room what bears none was made by a kmon from before add-ons had owners, and the room's
 * cluster is nobody else's.
 */
export function isFromHere(
  owner: string | undefined,
  { config, cluster }: Pick<Context, 'config' | 'cluster'>,
): boolean {
  return owner === undefined ? cluster.context === undefined : owner === ownerHere(config);
}
