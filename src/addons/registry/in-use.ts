import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { parseImageUsers } from '../../tools/image-users.js';
import { getImageUsers } from '../../tools/kubectl.js';
import { namesOfClass } from './names.js';

const NAMED_AT_MOST = 5;

/**
 * Why it stays: pods are of images that nobody else has, or would be, and would not start again. Asked is what each of them wants: a machine that
 * has one image under two names tells whichever it likes. Only looks.
 */
export async function inUse({ cluster, config }: Context): Promise<KmonError | undefined> {
  const names = namesOfClass(config);
  const users = parseImageUsers(await cluster.query(getImageUsers(cluster.kubectl))).filter(({ images }) =>
    images.some((image) => names.some((name) => image.startsWith(`${name}/`))),
  );
  if (users.length === 0) return undefined;
  const all = users.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  const more = all.length > NAMED_AT_MOST ? [`and ${all.length - NAMED_AT_MOST} more`] : [];
  return new KmonError(
    'precondition',
    `registry is in use: of its images ${all.length === 1 ? 'is' : 'are'} ${[...all.slice(0, NAMED_AT_MOST), ...more].join(', ')}`,
    {
      hint: 'delete them, what makes pods before its pods (kubectl -n NAMESPACE delete deployment NAME), and run `kmon addon remove registry` again; `kmon teardown` takes all of it away with the cluster',
    },
  );
}
