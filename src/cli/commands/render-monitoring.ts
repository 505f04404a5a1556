import { defineCommand } from '../command.js';
import { asWritten, value } from '../option.js';
import { CONFIG, JSON_LINES } from '../room-options.js';

export const renderMonitoring = defineCommand({
  name: 'render monitoring',
  summary: "write the monitoring's values, manifests, rules and dashboards into a folder",
  description:
    'From kmon.yaml alone: no machine and no cluster is asked, and nothing is fetched or installed. Manifests come with them where this computer has helm and the chart: the profile lite has one of its own, that of stack comes out of a bundle. Only a folder that is empty, or that it filled before, is written.',
  arguments: {},
  options: {
    config: CONFIG,
    json: JSON_LINES,
    out: value({
      flag: '--out',
      operand: 'folder',
      completes: 'folders',
      parse: asWritten,
      help: 'where to; it is made where there is none',
    }),
  },
  examples: [
    {
      line: 'kmon render monitoring --out monitoring',
      does: 'look at what deploy-monitoring would install, or import a dashboard by hand',
      means: { out: 'monitoring' },
    },
  ],
  exitCodes: ['config', 'command', 'precondition', 'interrupted'],
  run: async (io, given) => (await import('../actions/render-monitoring.js')).renderMonitoring(io, given),
});
