import { typedFor } from '../../cluster/cluster-runner.js';
import { leadingTo } from '../../cluster/hindered-pods.js';
import { clusterNodes } from '../../cluster/nodes.js';
import type { Context } from '../../engine/context.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Volume } from '../../tools/volumes.js';
import { volumesOf } from './classes.js';

/** A pod on its machine deletes the files of a claim that is gone; one that is busy starts it late. */
const EMPTIED_WITHIN_MS = 60_000;

type Asking = Pick<Context, 'cluster' | 'clock' | 'signal' | 'shared'>;

/**
 * Why it stays: somebody has files in volumes of its class. Nobody would ever take these away without it, and with them they would be lost. Volumes
 * whose claim is gone are waited for: it is about to delete them, unless their machine has left. Only looks.
 */
export async function inUse(c: Asking): Promise<KmonError | undefined> {
  let volumes = await volumesOf(c);
  if (volumes.length === 0) return undefined;
  const first = claimedError(volumes, c);
  if (first !== undefined) return first;
  const gone = await orphans(volumes, c);
  if (gone.length > 0) return orphaned(gone, c);
  const emptied = await until(
    async () => {
      volumes = await volumesOf(c);
      return volumes.every(({ released }) => released !== true) ? volumes : undefined;
    },
    { withinMs: EMPTIED_WITHIN_MS, everyMs: 1000, clock: c.clock, signal: c.signal },
  );
  return emptied === undefined ? notEmptied(volumes, c) : claimedError(volumes, c);
}

function claimedError(volumes: readonly Volume[], { cluster }: Asking): KmonError | undefined {
  const names = volumes
    .filter(({ released }) => released !== true)
    .map(({ name, claim }) => (claim === undefined ? name : `${claim.namespace}/${claim.name}`));
  if (names.length === 0) return undefined;
  const inRoom = cluster.context === undefined;
  return new KmonError(
    'precondition',
    `storage is in use: ${names.length === 1 ? 'one volume has' : `${names.length} volumes have`} somebody's files: ${names.toSorted().join(', ')}`,
    {
      hint: `delete the claims of those who need them no longer (kubectl ${inRoom ? '' : `${leadingTo(cluster)} `}-n NAMESPACE delete pvc NAME), which deletes their files, and ${again(cluster)}${inRoom ? '; `kmon teardown` takes all of it away with the cluster' : ''}`,
    },
  );
}

/** Those on the disk of a machine that the cluster does not know any more: no pod will ever run there that deletes them. */
async function orphans(volumes: readonly Volume[], c: Asking): Promise<readonly Volume[]> {
  const nodes = await clusterNodes(c);
  const there = new Set(
    nodes.flatMap(({ name, labels }) => [name, labels['kubernetes.io/hostname'] ?? name]),
  );
  return volumes.filter(({ released, node }) => released === true && node !== undefined && !there.has(node));
}

function orphaned(volumes: readonly Volume[], { cluster }: Asking): KmonError {
  const names = volumes.map(({ name }) => name).toSorted();
  const nodes = [...new Set(volumes.flatMap(({ node }) => node ?? []))].toSorted();
  return new KmonError(
    'precondition',
    `storage has volumes of machines that have left (${nodes.join(', ')}), whose claims are gone: ${names.join(', ')}`,
    {
      hint: `their files are on those machines and nobody deletes them from here: kubectl ${leadingTo(cluster)} delete pv ${names.join(' ')}, and ${again(cluster)}`,
    },
  );
}

function notEmptied(volumes: readonly Volume[], { cluster }: Asking): KmonError {
  const released = volumes.filter(({ released: is }) => is === true);
  const names = released.map(({ name, node }) => (node === undefined ? name : `${name} on ${node}`));
  return new KmonError(
    'precondition',
    `storage is still deleting the files of claims that are gone: ${names.toSorted().join(', ')}`,
    {
      hint: `see whether these machines are Ready (kubectl ${leadingTo(cluster)} get nodes), and ${again(cluster)}; of a machine that does not come back: kubectl ${leadingTo(cluster)} delete pv NAME`,
    },
  );
}

function again(cluster: Asking['cluster']): string {
  return `run \`${typedFor(cluster, 'kmon addon remove storage')}\` again`;
}
