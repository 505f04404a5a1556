import { defineCommand } from '../command.js';
import { PROVING } from '../room-exit-codes.js';
import { CHANGING } from '../room-options.js';

export const deployMonitoring = defineCommand({
  name: 'deploy-monitoring',
  summary: 'install Prometheus and node-exporter, and prove that every machine is measured',
  description: 'Done when every Ready machine has its target up and its CPU and memory series in Prometheus.',
  arguments: {},
  options: CHANGING,
  examples: [{ line: 'kmon deploy-monitoring', does: 'wait until every machine is measured' }],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../work/deploy-monitoring.js')).deployMonitoring(io, given),
});
