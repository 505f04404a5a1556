import { posix } from 'node:path';
import type { PodNetwork } from '../config/config.js';
import { LOOPBACK } from './programs.js';
import type { Supply } from './supply.js';

/** Where Kubernetes' packages put the plugins, and where flannel puts its own unless it is told otherwise. */
const OF_KUBERNETES = '/opt/cni/bin';

/**
 * The one folder in which the plugins of the pod network lie, flannel's too: containerd 1 looks into no second one. It is that of the
 * plugins that were sent, otherwise that of the packages: Kubernetes' own come with every room that fetches them, and Debian's where no pod
 * brings a plugin.
 */
export function pluginFolder(supply: Supply, network: PodNetwork): string {
  const { path, comesAs } = supply.program(LOOPBACK);
  return network === 'flannel' && comesAs === 'package' ? OF_KUBERNETES : posix.dirname(path);
}
