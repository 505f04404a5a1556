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

/**
 * What of the objects of an add-on is not there, or not as it should be, in words; `undefined`: they are what they should be. What was read on
 * machines for it, or what a bundle calls its images where that is not at hand, is not known here: then only what is missing is told. Only looks.
 */
export async function notWhole(addon: CatalogueAddon, c: Context): Promise<string | undefined> {
  const parts = partsFromHere(addon, c, new Map());
  for (const part of parts.filter((p): p is ObjectsPart => p.kind === 'objects')) {
    const manifest = await part.manifest();
    const missing = await missingOf(manifest, c);
    if (missing !== undefined) return missing;
    if (
      addon.reads === undefined &&
      c.supply.profile !== undefined &&
      (await objectsDiffer(c.cluster, manifest))
    )
      return 'what is on the cluster is not as it should be';
  }
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
