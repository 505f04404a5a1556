import type { Context } from '../../engine/context.js';
import { getRaw } from '../../tools/kubectl.js';
import { STORAGE_DEFAULT, parseClasses } from '../../tools/default-class.js';
import { parseVolumes } from '../../tools/volumes.js';
import type { Volume } from '../../tools/volumes.js';

/** The class of the add-on, by the name that charts and lessons have for it. */
export const STORAGE_CLASS = 'local-path';

/** Whether a claim that names no class gets one of somebody else's already. Only looks. */
export async function hasOtherDefault({ cluster }: Pick<Context, 'cluster'>): Promise<boolean> {
  const asked = getRaw(cluster.kubectl, '/apis/storage.k8s.io/v1/storageclasses');
  const classes = parseClasses(await cluster.query(asked), STORAGE_DEFAULT);
  return classes.some(({ name, isDefault }) => isDefault && name !== STORAGE_CLASS);
}

/** The volumes of the add-on's class that there are, whoever has claimed them. Only looks. */
export async function volumesOf({ cluster }: Pick<Context, 'cluster'>): Promise<readonly Volume[]> {
  const asked = getRaw(cluster.kubectl, '/api/v1/persistentvolumes');
  return parseVolumes(await cluster.query(asked)).filter((v) => v.storageClass === STORAGE_CLASS);
}
