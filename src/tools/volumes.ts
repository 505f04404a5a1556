import type { ExecResult } from '../transport/transport.js';
import type { ForeignJson } from './foreign-json.js';
import { itemsOf } from './kubernetes-objects.js';

/** A PersistentVolume, and who has claimed it. */
export interface Volume {
  readonly name: string;
  readonly storageClass?: string;
  readonly claim?: { readonly namespace: string; readonly name: string };
  /** The provisioner that has made it; absent: somebody has by hand. */
  readonly madeBy?: string;
  /** The claim that it names is gone, and its files wait to be deleted. */
  readonly released?: true;
  /** The name of the machine on whose disk it is (`kubernetes.io/hostname`). */
  readonly node?: string;
}

const MADE_BY = 'pv.kubernetes.io/provisioned-by';

const HOSTNAME = 'kubernetes.io/hostname';

/** @throws KmonError `command` when it is no list of volumes. */
export function parseVolumes(result: ExecResult): readonly Volume[] {
  return itemsOf(result, 'volumes').map((item) => {
    const storageClass = item.at('spec', 'storageClassName').text;
    const namespace = item.at('spec', 'claimRef', 'namespace').text;
    const name = item.at('spec', 'claimRef', 'name').text;
    const madeBy = item.at('metadata', 'annotations').texts[MADE_BY];
    const node = nodeOf(item);
    // Failed: whoever deletes its files could not; it is tried again.
    const released = ['Released', 'Failed'].includes(item.at('status', 'phase').text ?? '');
    return {
      name: item.at('metadata', 'name').text ?? '',
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(namespace === undefined || name === undefined ? {} : { claim: { namespace, name } }),
      ...(madeBy === undefined ? {} : { madeBy }),
      ...(released ? { released } : {}),
      ...(node === undefined ? {} : { node }),
    };
  });
}

function nodeOf(volume: ForeignJson): string | undefined {
  const [term] = volume.at('spec', 'nodeAffinity', 'required', 'nodeSelectorTerms').list;
  const wanted = term?.at('matchExpressions').list.find((e) => e.at('key').text === HOSTNAME);
  return wanted?.at('values').list[0]?.text;
}
