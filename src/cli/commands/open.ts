import { PAGES } from '../../stages/cluster/pages.js';
import { oneOf } from '../argument.js';
import { defineCommand } from '../command.js';
import { flag, unless, value } from '../option.js';
import { ASKING } from '../room-exit-codes.js';
import { CONFIG, SHOWING } from '../room-options.js';
import { parsePort } from '../values.js';

export const open = defineCommand({
  name: 'open',
  summary: 'the pages of Grafana and others in your browser, through SSH',
  description: [
    'Those of Grafana, Prometheus and Alertmanager, and of Headlamp where the add-on dashboard is. A port of this computer, for its own programs alone, leads through the SSH connection to the parent until Ctrl-C: it works where a firewall is in',
    'between, and changes nothing. Also tells the address for the class, which is a port of the parent: at a terminal as a QR code for telephones, where it',
    'is wide enough.',
  ].join(' '),
  arguments: { page: oneOf(PAGES, { name: 'page', help: `whose: ${PAGES.join(', ')}` }) },
  options: {
    port: value({
      flag: '--port',
      operand: 'number',
      parse: parsePort,
      help: 'this port of this computer (default: one that is free)',
    }),
    browser: unless({ flag: '--no-browser', help: 'tell the address, and open no browser' }),
    showPassword: flag({
      flag: '--show-password',
      help: "show Grafana's password, or the dashboard's token, and not only where it is",
    }),
    config: CONFIG,
    ...SHOWING,
  },
  examples: [
    { line: 'kmon open grafana', does: 'the dashboards in your browser', means: { page: 'grafana' } },
    {
      line: 'kmon open prometheus --port 9090 --no-browser',
      does: 'questions to Prometheus from programs of your own',
      means: { page: 'prometheus', port: 9090, browser: false },
    },
    {
      line: 'kmon open alertmanager',
      does: 'where an alert that is known can be silenced for a while',
      means: { page: 'alertmanager' },
    },
    {
      line: 'kmon open dashboard',
      does: 'the cluster itself, where the add-on dashboard is',
      means: { page: 'dashboard' },
    },
  ],
  exitCodes: ASKING,
  run: async (io, given) => (await import('../actions/open.js')).open(io, given),
});
