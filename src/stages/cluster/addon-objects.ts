import { parseAllDocuments } from 'yaml';
import type { CatalogueAddon, ObjectsPart } from '../../addons/addon.js';
import { ADDON_LABEL } from '../../addons/addon-label.js';
import { objectsDiffer } from '../../cluster/objects.js';
import { OWNER_LABEL } from '../../cluster/owner.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { ForeignJson } from '../../tools/foreign-json.js';
import { getThose } from '../../tools/kubectl.js';
import { parseClaims } from '../../tools/kubernetes-objects.js';
import type { PlacedObject } from '../../tools/kubernetes-objects.js';
import { partsFromHere } from './owned-parts.js';

/** The objects that an add-on is made of. Nothing was read on machines for it: what is known of them is what is on the cluster. */
export async function manifestsOf(addon: CatalogueAddon, c: Context): Promise<readonly string[]> {
  const parts = partsFromHere(addon, c, new Map());
  return Promise.all(
    parts.filter((p): p is ObjectsPart => p.kind === 'objects').map((part) => part.manifest()),
  );
}

/** What of them is not there, in words; `undefined`: all are. Only looks. */
export async function missingObjects(manifests: readonly string[], c: Context): Promise<string | undefined> {
  for (const manifest of manifests) {
    const missing = await missingOf(manifest, c);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/**
 * Whether somebody has changed one of them, in words; `undefined`: they are as they should be. What a bundle calls its images where that is not at
 * hand is not known here: then nothing is told. Only looks.
 */
export async function changedObjects(manifests: readonly string[], c: Context): Promise<string | undefined> {
  if (c.supply.profile === undefined) return undefined;
  for (const manifest of manifests)
    if (await objectsDiffer(c.cluster, manifest)) return 'what is on the cluster is not as it should be';
  return undefined;
}

async function missingOf(manifest: string, { cluster }: Context): Promise<string | undefined> {
  const result = await cluster.query(
    getThose(cluster.kubectl, manifest, { of: ADDON_LABEL, owner: OWNER_LABEL }),
  );
  if (result.exitCode !== 0 && !/no matches for kind|not found/.test(result.stderr))
    throw new KmonError('command', 'kubectl could not read what there is of an add-on', {
      evidence: result.stderr.trim().split('\n').at(-1) ?? '',
    });
  const there = new Set(parseClaims(result).map(placeOf));
  const missing = objectsIn(manifest).filter((object) => !there.has(placeOf(object)));
  const [first] = missing;
  if (first === undefined) return undefined;
  const where = first.namespace === '' ? '' : ` in ${first.namespace}`;
  const more = missing.length === 1 ? '' : `, nor ${missing.length - 1} more`;
  return `${first.kind} ${first.name}${where} is not there${more}`;
}

function placeOf({ kind, namespace, name }: PlacedObject): string {
  return `${kind}/${namespace}/${name}`;
}

function objectsIn(manifest: string): readonly PlacedObject[] {
  return parseAllDocuments(manifest)
    .map((document) => new ForeignJson(document.toJS()))
    .flatMap((object) => (object.at('items').isList ? object.at('items').list : [object]))
    .filter((object) => object.exists)
    .map((object) => ({
      kind: (object.at('kind').text ?? '').toLowerCase(),
      namespace: object.at('metadata', 'namespace').text ?? '',
      name: object.at('metadata', 'name').text ?? '',
    }));
}
