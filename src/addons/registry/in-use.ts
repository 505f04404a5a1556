import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { getAllPods } from '../../tools/kubectl.js';
import { parsePods } from '../../tools/pods.js';
import { namesOfClass } from './names.js';

const NAMED_AT_MOST = 5;

/** Why it stays: pods are of images that nobody else has, and would not start again. Only looks. */
export async function inUse({ cluster, config }: Context): Promise<KmonError | undefined> {
  const names = namesOfClass(config);
  const pods = parsePods(await cluster.query(getAllPods(cluster.kubectl))).filter(({ containers }) =>
    containers.some(({ image }) => names.some((name) => image.startsWith(`${name}/`))),
  );
  if (pods.length === 0) return undefined;
  const all = pods.map(({ namespace, name }) => `${namespace}/${name}`).toSorted();
  const more = all.length > NAMED_AT_MOST ? [`and ${all.length - NAMED_AT_MOST} more`] : [];
  return new KmonError(
    'precondition',
    `registry is in use: ${all.length === 1 ? 'one pod is' : `${all.length} pods are`} of its images: ${[...all.slice(0, NAMED_AT_MOST), ...more].join(', ')}`,
    {
      hint: 'delete what made them (kubectl -n NAMESPACE delete deployment NAME), and run `kmon addon remove registry` again; `kmon teardown` takes all of it away with the cluster',
    },
  );
}
