import { typedFor } from '../../cluster/cluster-runner.js';
import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { volumesOf } from './classes.js';

/**
 * Why it stays: somebody has files in volumes of its class. Nobody would ever take these away without it, and with them they would be lost. Only looks.
 */
export async function inUse(c: Pick<Context, 'cluster'>): Promise<KmonError | undefined> {
  const volumes = await volumesOf(c);
  if (volumes.length === 0) return undefined;
  const names = volumes.map(({ name, claim }) =>
    claim === undefined ? name : `${claim.namespace}/${claim.name}`,
  );
  return new KmonError(
    'precondition',
    `storage is in use: ${names.length === 1 ? 'one volume has' : `${names.length} volumes have`} somebody's files: ${names.toSorted().join(', ')}`,
    {
      hint: `delete the claims of those who need them no longer (kubectl -n NAMESPACE delete pvc NAME), which deletes their files, and run \`${typedFor(c.cluster, 'kmon addon remove storage')}\` again; \`kmon teardown\` takes all of it away with the cluster`,
    },
  );
}
