import { LABEL_VALUE, REACHABLE_ADDRESS } from '../../config/names.js';
import { defineCommand } from '../command.js';
import { list, value } from '../option.js';
import { CONFIG, SHOWING } from '../room-options.js';
import { parseDuration, parsePort, parseWord } from '../values.js';
import { WrongValue } from '../wrong-use.js';

const APPROVALS = ['each', 'all'] as const;

export const enrol = defineCommand({
  name: 'enrol',
  summary: 'take laptops into the room by one line each, without a password',
  description: [
    'Serves a page on this computer, for some minutes, and shows one-time words. A student pastes the line of the page into a terminal of the laptop and types a word; you agree;',
    "on Linux kmon's key is put in there, with the ledger that takes it out again, and tried, with the host key that the laptop has proven. The laptop is in kmon.yaml then, and `kmon teardown`",
    'gives it back, the key last. A laptop with Windows or macOS gets a Linux guest in VirtualBox, of the image that `kmon guest image` has made here. Ended by q, Ctrl-C, or its time.',
  ].join(' '),
  arguments: {},
  options: {
    words: value({
      flag: '--words',
      operand: 'number',
      parse: parseWords,
      standard: 8,
      help: 'so many words, one a laptop; for each team where there are teams',
    }),
    team: list({ flag: '--team', operand: 'name', parse: parseTeam, help: 'words for these teams' }),
    approve: value<(typeof APPROVALS)[number]>({
      flag: '--approve',
      operand: 'who',
      completes: APPROVALS,
      parse: parseWord(APPROVALS),
      standard: 'each',
      help: 'each: you agree to every laptop; all: who has a word comes in',
    }),
    for: value({
      flag: '--for',
      operand: 'duration',
      parse: parseDuration,
      standard: 900,
      help: 'how long the page is open, in seconds or as 10m',
    }),
    address: value({
      flag: '--address',
      operand: 'address',
      parse: parseAddress,
      help: 'the address of this computer for the page (default: that in the network of the room)',
    }),
    port: value({
      flag: '--port',
      operand: 'number',
      parse: parsePort,
      standard: 8642,
      help: 'the port of the page',
    }),
    config: CONFIG,
    ...SHOWING,
  },
  examples: [
    { line: 'kmon enrol', does: 'eight laptops, each with your yes' },
    {
      line: 'kmon enrol --team red blue --words 4',
      does: 'four laptops of each of two teams',
      means: { team: ['red', 'blue'], words: 4 },
    },
    {
      line: 'kmon enrol --approve all --for 5m',
      does: 'five minutes for whoever has a word',
      means: { approve: 'all', for: 300 },
    },
  ],
  exitCodes: ['config', 'precondition', 'interrupted'],
  run: async (io, given) => (await import('../actions/enrol.js')).enrol(io, given),
});

function parseWords(text: string): number {
  const words = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(words >= 1 && words <= 60)) throw new WrongValue('give a number from 1 to 60.');
  return words;
}

function parseTeam(text: string): string {
  if (!LABEL_VALUE.test(text))
    throw new WrongValue('give a word of letters, digits, dots, hyphens, at most 63.');
  return text;
}

function parseAddress(text: string): string {
  if (!REACHABLE_ADDRESS.test(text)) throw new WrongValue('give an IPv4 address of this computer.');
  return text;
}
