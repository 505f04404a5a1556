import { createHash } from 'node:crypto';
import { BUSYBOX, LOCAL_PATH_PROVISIONER } from '../../artifacts/images.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { STORAGE_DEFAULT } from '../../tools/default-class.js';
import { parentOf } from '../parent-node.js';
import { hasOtherDefault, PROVISIONER } from './classes.js';

/**
 * Where volumes are on a machine: below what is the kubelet's, which watches how full that disk is, and which goes with the cluster when the machine is
 * given back.
 */
export const VOLUMES_FOLDER = '/var/lib/kubelet/kmon-volumes';

/** local-path-provisioner as it should be (namespace `kmon-storage`), and its class, which is the default of a room where there is no other. */
export async function storageManifest(c: Context): Promise<string> {
  const helper = renderTemplate(await readTemplate('addons/storage/helper.yaml'), {
    image: c.supply.indispensable(BUSYBOX),
  });
  const config = JSON.stringify({
    nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [VOLUMES_FOLDER] }],
  });
  return renderTemplate(await readTemplate('addons/storage/storage.yaml'), {
    image: c.supply.indispensable(LOCAL_PATH_PROVISIONER),
    helperImage: c.supply.indispensable(BUSYBOX),
    node: await parentOf(c),
    provisioner: PROVISIONER,
    config,
    helper,
    digest: createHash('sha256').update(config).update(helper).digest('hex').slice(0, 16),
    annotations: {
      // On a cluster of others, what names no class goes on being as it was.
      [STORAGE_DEFAULT]: String(c.cluster.context === undefined && !(await hasOtherDefault(c))),
    },
  });
}
