import { LOCAL_TOOLS } from '../../cluster/own-cluster.js';
import { SOLO_PROFILES } from '../../cluster/own-record.js';
import { defineCommand } from '../command.js';
import { flag, notWith, value } from '../option.js';
import { CONFIG, DRY_RUN, SHOWING } from '../room-options.js';
import { parseWord } from '../values.js';

export const solo = defineCommand({
  name: 'solo',
  summary: 'practise alone: a cluster on this computer by kind or minikube, with the same monitoring',
  description: [
    'Makes a cluster kmon-solo of a control plane and a worker, its kubeconfig below .kmon and nowhere else, and installs the monitoring as',
    '`kmon deploy-monitoring` does. Takes kind or minikube, whichever is there, and kubectl and helm of this computer. --remove deletes the cluster',
    'with all that is on it. A cluster of that name that was not made from this folder is never touched.',
  ].join(' '),
  arguments: {},
  options: {
    dryRun: DRY_RUN,
    config: CONFIG,
    ...SHOWING,
    with: value({
      flag: '--with',
      operand: 'tool',
      completes: LOCAL_TOOLS,
      parse: parseWord(LOCAL_TOOLS),
      help: `${LOCAL_TOOLS.join(' or ')} (default: the one it was made with, else the first that is there)`,
    }),
    profile: notWith(
      '--remove',
      value({
        flag: '--profile',
        operand: 'profile',
        completes: SOLO_PROFILES,
        parse: parseWord(SOLO_PROFILES),
        help: `${SOLO_PROFILES.join(' or ')} (default: the one it has, else that of kmon.yaml, else lite)`,
      }),
    ),
    remove: flag({ flag: '--remove', help: 'delete the cluster, and what is on this computer of it' }),
  },
  examples: [
    { line: 'kmon solo', does: 'a cluster to practise on, measured' },
    { line: 'kmon solo --dry-run', does: 'what it would do, and by which tool', means: { dryRun: true } },
    {
      line: 'kmon solo --with minikube --profile stack',
      does: 'with minikube although kind is there too, and with Grafana',
      means: { with: 'minikube', profile: 'stack' },
    },
    { line: 'kmon solo --remove', does: 'take it away again', means: { remove: true } },
  ],
  exitCodes: [
    'config',
    'command',
    'timeout',
    'precondition',
    'interrupted',
    'not-verified',
    'connection-lost',
  ],
  run: async (io, given) => (await import('../actions/solo.js')).solo(io, given),
});
