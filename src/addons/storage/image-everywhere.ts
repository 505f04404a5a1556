import { BUSYBOX } from '../../artifacts/images.js';
import type { Context } from '../../engine/context.js';
import { parseForeignJson } from '../../tools/foreign-json.js';
import { apiPath, getIfThere, getNodes } from '../../tools/kubectl.js';
import { isObjectThere } from '../../tools/kubernetes-objects.js';
import { nodesWithout } from '../../tools/node-images.js';

const FLAG = '--helper-image=';

/**
 * Which machine has not the image of the pod that makes a folder there, where images come with a bundle: a child that has joined since waits for it
 * when it is first claimed of. The image is the one that the provisioner was told. Only looks.
 */
export async function lacksHelperImage({ cluster, supply }: Context): Promise<string | undefined> {
  // Elsewhere it is pulled when it is wanted.
  if (supply.fetched || cluster.context !== undefined) return undefined;
  if (supply.image(BUSYBOX) === undefined) return undefined;
  const path = apiPath('apis', 'apps', 'v1', 'namespaces', 'kmon-storage', 'deployments', 'kmon-storage');
  const found = await cluster.query(getIfThere(cluster.kubectl, path));
  if (!isObjectThere(found)) return 'kmon-storage is not there';
  const image = parseForeignJson(found.stdout, 'kubectl')
    .at('spec', 'template', 'spec', 'containers')
    .list.flatMap((c) => c.at('args').list.flatMap((arg) => arg.text ?? []))
    .find((arg) => arg.startsWith(FLAG))
    ?.slice(FLAG.length);
  if (image === undefined) return undefined;
  const without = nodesWithout(await cluster.query(getNodes(cluster.kubectl)), image);
  return without.length === 0 ? undefined : `no image ${image} on ${without.join(', ')}`;
}
