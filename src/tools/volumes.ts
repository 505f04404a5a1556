import type { ExecResult } from '../transport/transport.js';
import { itemsOf } from './kubernetes-objects.js';

/** A PersistentVolume, and who has claimed it. */
export interface Volume {
  readonly name: string;
  readonly storageClass?: string;
  readonly claim?: { readonly namespace: string; readonly name: string };
}

/** @throws KmonError `command` when it is no list of volumes. */
export function parseVolumes(result: ExecResult): readonly Volume[] {
  return itemsOf(result, 'volumes').map((item) => {
    const storageClass = item.at('spec', 'storageClassName').text;
    const namespace = item.at('spec', 'claimRef', 'namespace').text;
    const name = item.at('spec', 'claimRef', 'name').text;
    return {
      name: item.at('metadata', 'name').text ?? '',
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(namespace === undefined || name === undefined ? {} : { claim: { namespace, name } }),
    };
  });
}
