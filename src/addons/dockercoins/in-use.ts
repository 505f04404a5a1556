import { typedFor } from '../../cluster/cluster-runner.js';
import { leadingTo } from '../../cluster/hindered-pods.js';
import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { getUnlabelled } from '../../tools/kubectl.js';
import { parseMade } from '../../tools/kubernetes-objects.js';
import { labelOf } from '../addon-label.js';

const NAMED_AT_MOST = 5;

/** What a class makes to have something run, be reached, or be kept. */
const KINDS: readonly string[] = [
  'persistentvolumeclaims',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'pods',
  'services',
  'ingresses.networking.k8s.io',
  'horizontalpodautoscalers.autoscaling',
];

/**
 * Why it stays: the class has put something of its own beside it, which would go with the namespace. What another object has made goes by that one,
 * what is on its way out is nobody's any more, and what kmon has made for other purposes (`managed-by`) goes by kmon. Only looks.
 */
export async function inUse(
  { cluster }: Pick<Context, 'cluster'>,
  namespace: string,
): Promise<KmonError | undefined> {
  const asked = getUnlabelled(cluster.kubectl, {
    namespace,
    kinds: KINDS,
    labels: [labelOf('dockercoins'), 'app.kubernetes.io/managed-by=kmon'],
  });
  const theirs = parseMade(await cluster.query(asked)).filter(
    ({ isMadeByAnother, isGoing }) => !isMadeByAnother && !isGoing,
  );
  if (theirs.length === 0) return undefined;
  const all = theirs.map(({ kind, name }) => `${kind}/${name}`).toSorted();
  const more = all.length > NAMED_AT_MOST ? [`and ${all.length - NAMED_AT_MOST} more`] : [];
  const inRoom = cluster.context === undefined;
  return new KmonError(
    'precondition',
    `dockercoins is in use: in its namespace ${all.length === 1 ? 'is something' : `are ${all.length} things`} that it has not brought, and that would go with it: ${[...all.slice(0, NAMED_AT_MOST), ...more].join(', ')}`,
    {
      hint: `delete what nobody needs any longer (kubectl ${inRoom ? '' : `${leadingTo(cluster)} `}-n ${namespace} delete KIND/NAME), and run \`${typedFor(cluster, 'kmon addon remove dockercoins')}\` again${inRoom ? '; `kmon teardown` takes all of it away with the cluster' : ''}`,
    },
  );
}
