import { defineCommand } from '../command.js';
import { PROVING } from '../room-exit-codes.js';
import { flag } from '../option.js';
import { CONFIG, ONLY, SHOWING } from '../room-options.js';

export const verify = defineCommand({
  name: 'verify',
  summary: 'whether all of it works: machines, targets, Prometheus itself, and the network of pods',
  description: [
    'What deploy-monitoring and join-child prove at their end, at any time, and without waiting for it: every Ready machine is measured, every target is',
    'up, Prometheus drops nothing and has the disk for what it is to keep, Grafana shows the dashboards, and a pod on each machine resolves a name and reaches a Service. For that a pod',
    'that does nothing is started on each, and goes again; nothing else is changed. Says what is missing, and what to do.',
  ].join(' '),
  arguments: {},
  options: {
    latency: flag({
      flag: '--latency',
      help: 'load every child for some seconds too, and measure how soon Prometheus shows it',
    }),
    only: ONLY,
    config: CONFIG,
    ...SHOWING,
  },
  examples: [
    { line: 'kmon verify', does: 'before the lesson: is everything there' },
    {
      line: 'kmon verify --latency',
      does: 'the same, and how many seconds a load takes until it shows',
      means: { latency: true },
    },
    {
      line: 'kmon verify --only pc-12 --json',
      does: 'one machine, as data',
      means: { only: ['pc-12'], json: true },
    },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/verify.js')).verify(io, given),
});
