import { defineCommand } from '../command.js';
import { PROVING } from '../room-exit-codes.js';
import { asWritten, notWith, value } from '../option.js';
import { BREAK_LOCK, CHANGING, ONLY } from '../room-options.js';

export const deployMonitoring = defineCommand({
  name: 'deploy-monitoring',
  summary: 'install Prometheus and node-exporter, and prove that every machine is measured',
  description: [
    'Done when every Ready machine has its target up and its CPU and memory series in Prometheus.',
    'With --context it works on any cluster that is there already: kubectl and helm of this computer, and your own kubeconfig. No machine is',
    'connected to, nothing is noted on one, and no room is locked. `kmon teardown --context NAME` takes it away again.',
  ].join(' '),
  arguments: {},
  options: {
    ...CHANGING,
    only: notWith('--context', ONLY),
    breakLock: notWith('--context', BREAK_LOCK),
    context: value({
      flag: '--context',
      operand: 'name',
      parse: asWritten,
      help: 'the cluster of this kubeconfig context instead of the room',
    }),
  },
  examples: [
    { line: 'kmon deploy-monitoring', does: 'wait until every machine is measured' },
    {
      line: 'kmon deploy-monitoring --context kind-lab',
      does: 'measure the nodes of a cluster that you have already',
      means: { context: 'kind-lab' },
    },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/deploy-monitoring.js')).deployMonitoring(io, given),
});
