import { parseAllDocuments } from 'yaml';
import type { Addon, ObjectsPart, Part } from '../../addons/addon.js';
import { ADOPT_UNOWNED, OWNER_LABEL, ownerHere } from '../../cluster/owner.js';
import { typedFor } from '../../cluster/cluster-runner.js';
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
 * cluster is nobody else's. What `--adopt` names counts as made from here too: an add then gives it the owner of here, and a remove takes it away.
 */
export function isFromHere(
  owner: string | undefined,
  { config, cluster }: Pick<Context, 'config' | 'cluster'>,
): boolean {
  const { adopts } = config;
  if (adopts !== undefined && (owner === undefined || owner === adopts.owner)) return true;
  return owner === undefined ? cluster.context === undefined : owner === ownerHere(config);
}

/**
 * What to do about an add-on from elsewhere where it is one's own after all. The id of here stays as it is: what else bears it would be nobody's.
 *
 * @param owner its label; absent: it has none
 * @param command what was refused, such as `kmon addon remove storage`
 */
export function howToAdopt(owner: string | undefined, command: string, cluster: Context['cluster']): string {
  return `if you made it, do that from there; if that folder is lost, \`${typedFor(cluster, `${command} --adopt ${owner ?? ADOPT_UNOWNED}`)}\` takes it for one from here`;
}
