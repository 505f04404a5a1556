import type { ExecResult } from '../transport/transport.js';
import { itemsOf } from './kubernetes-objects.js';

/** A kubelet tells of this many images, the largest (`nodeStatusMaxImages`): one that tells of fewer tells of all. */
const TOLD_AT_MOST = 50;

/**
 * The Ready nodes whose kubelets tell of all their images and not of this one, by name. They look about every half minute.
 *
 * @param result of `getNodes`
 * @throws KmonError `command` when it is no list of nodes.
 */
export function nodesWithout(result: ExecResult, image: string): readonly string[] {
  return itemsOf(result, 'nodes').flatMap((node) => {
    const isReady = node
      .at('status', 'conditions')
      .list.some((c) => c.at('type').text === 'Ready' && c.at('status').text === 'True');
    const images = node.at('status', 'images').list;
    const has = images.some((i) => i.at('names').list.some((name) => name.text === image));
    const lacks = isReady && images.length > 0 && images.length < TOLD_AT_MOST && !has;
    return lacks ? [node.at('metadata', 'name').text ?? ''] : [];
  });
}
