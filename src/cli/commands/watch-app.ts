import { word } from '../argument.js';
import { defineCommand } from '../command.js';
import { asWritten, flag, notWith, value } from '../option.js';
import { PROVING } from '../room-exit-codes.js';
import { BREAK_LOCK, CONFIG, DRY_RUN, SHOWING } from '../room-options.js';
import { parseLabel, parseMetricsPath } from '../values.js';
import { parsed } from '../wrong-use.js';

const NAME = word({
  name: 'name',
  help: 'the Service of the application, or the Deployment of one that has none',
});

export const watchApp = defineCommand({
  name: 'watch-app',
  summary:
    "have the room's Prometheus ask an application of the class for its metrics, and prove that they come",
  description: [
    'The application answers to HTTP with metrics, such as a client library of Prometheus makes. With the profile stack a ServiceMonitor is written for it (a',
    'PodMonitor where no Service leads to it); with lite its Service is marked, which the small monitoring goes by. Done when every endpoint that is ready',
    'answers, and there are series of its own; else it says why, in the words of Prometheus. --remove takes it back, and so does the teardown.',
  ].join(' '),
  arguments: {
    name: { ...NAME, read: (given: string) => parsed(parseLabel, given, 'argument <name>') },
  },
  options: {
    port: notWith(
      '--remove',
      value({
        flag: '--port',
        operand: 'port',
        parse: asWritten,
        help: 'the port that has the metrics, by its name or number (not with --remove)',
      }),
    ),
    namespace: value({
      flag: '--namespace',
      operand: 'name',
      parse: parseLabel,
      standard: 'default',
      help: 'where the application is',
    }),
    path: notWith(
      '--remove',
      value({
        flag: '--path',
        operand: 'path',
        parse: parseMetricsPath,
        standard: '/metrics',
        help: 'where on that port the metrics are',
      }),
    ),
    remove: flag({ flag: '--remove', help: 'have it watched no more' }),
    dryRun: DRY_RUN,
    config: CONFIG,
    ...SHOWING,
    breakLock: notWith('--context', BREAK_LOCK),
    context: value({
      flag: '--context',
      operand: 'name',
      parse: asWritten,
      help: 'the cluster of this kubeconfig context instead of the room',
    }),
  },
  examples: [
    {
      line: 'kmon watch-app shop --port metrics',
      does: 'the Service shop, in the namespace default',
      means: { port: 'metrics' },
    },
    {
      line: 'kmon watch-app api --port 8080 --namespace red --path /stats',
      does: "of a team, at a path of the application's own",
      means: { port: '8080', namespace: 'red', path: '/stats' },
    },
    { line: 'kmon watch-app shop --remove', does: 'take it back', means: { remove: true } },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/watch-app.js')).watchApp(io, given),
});
