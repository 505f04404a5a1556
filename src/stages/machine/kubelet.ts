import { KUBELET as PROGRAM } from '../../artifacts/programs.js';
import { here, resourceStage } from '../../engine/stage.js';
import { file } from '../../resources/file.js';
import { targets } from '../../resources/targets.js';
import { unit } from '../../resources/unit.js';
import { KUBELET, kubeletDropIn, kubeletProxyDropIn, kubeletUnit } from '../../tools/kubelet.js';
import { toolPaths } from '../../tools/paths.js';
import { runtime } from './runtime.js';
import { tools } from './tools.js';

/**
 * The kubelet's unit, enabled; it waits until kubeadm has configured it. Packages bring the unit themselves: it pulls in a target. It is kept from
 * a proxy of the machine's.
 */
export const kubelet = resourceStage({
  id: 'kubelet',
  title: 'Set up the kubelet',
  after: here(runtime, tools),
  on: 'all',
  notes: () => [targets()],
  resources: (_, m) => {
    const paths = toolPaths(m.supply);
    const files =
      m.supply.program(PROGRAM).comesAs === 'package'
        ? []
        : [
            file({ path: KUBELET.unitFile, content: kubeletUnit(paths), unit: true, then: 'daemon-reload' }),
            file({ path: KUBELET.dropIn, content: kubeletDropIn(paths), then: 'daemon-reload' }),
          ];
    const direct =
      m.facts.proxy === undefined
        ? []
        : [file({ path: KUBELET.proxyDropIn, content: kubeletProxyDropIn, then: 'daemon-reload' })];
    return [...files, ...direct, unit({ name: KUBELET.unit, enabled: true })];
  },
  because: 'set up',
});
