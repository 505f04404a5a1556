import type { Context } from '../../engine/context.js';
import { getRaw } from '../../tools/kubectl.js';
import { STORAGE_DEFAULT, parseClasses } from '../../tools/default-class.js';
import { parseVolumes } from '../../tools/volumes.js';
import type { Volume } from '../../tools/volumes.js';

/** The class of the add-on, by the name that charts and lessons have for it. */
export const STORAGE_CLASS = 'local-path';

/**
 * Who makes its volumes, as a class and each volume say it. A name of kmon's own: two provisioners of one name, such as that of kind or of k3s, would
 * both answer every claim, and delete each other's volumes.
 */
export const PROVISIONER = 'kmon.local/path';

/** Whether a claim that names no class gets one of somebody else's already. Only looks. */
export async function hasOtherDefault({ cluster }: Pick<Context, 'cluster'>): Promise<boolean> {
  const asked = getRaw(cluster.kubectl, '/apis/storage.k8s.io/v1/storageclasses');
  const classes = parseClasses(await cluster.query(asked), STORAGE_DEFAULT);
  return classes.some(({ name, isDefault }) => isDefault && name !== STORAGE_CLASS);
}

/** The volumes of the add-on's class that there are, whoever has claimed them, without those that another provisioner has made. Only looks. */
export async function volumesOf({ cluster }: Pick<Context, 'cluster'>): Promise<readonly Volume[]> {
  const asked = getRaw(cluster.kubectl, '/api/v1/persistentvolumes');
  return parseVolumes(await cluster.query(asked)).filter(
    ({ storageClass, madeBy = PROVISIONER }) => storageClass === STORAGE_CLASS && madeBy === PROVISIONER,
  );
}
