import { LANGUAGES } from '../../ui/lesson-page/language.js';
import type { Language } from '../../ui/lesson-page/language.js';
import { defineCommand } from '../command.js';
import { asWritten, flag, value } from '../option.js';
import { CONFIG, SHOWING } from '../room-options.js';
import { parsePast, parseWord } from '../values.js';

export const report = defineCommand({
  name: 'report',
  summary:
    'one page about the lesson: machines, difficulties and how they were solved, loads, alerts, curves',
  description: [
    'Reads what lies in .kmon and, as long as the cluster is there, asks the parent; nothing is changed. Curves and alerts are in the cluster alone: run it',
    'before teardown. Afterwards, or where the parent does not answer, the page is made of the files, and says so. It is one HTML file that needs no network,',
    'for a telephone, a screen or paper. A report that is there is written anew; another file is left alone.',
  ].join(' '),
  arguments: {},
  options: {
    out: value({
      short: '-o',
      flag: '--out',
      operand: 'file',
      completes: 'files',
      parse: asWritten,
      help: 'where to (default: report-ROOM-DATE.html)',
    }),
    language: value<Language>({
      flag: '--language',
      operand: 'language',
      completes: LANGUAGES,
      parse: parseWord(LANGUAGES),
      help: 'fr or en (default: as this computer is set up, en where that is neither)',
    }),
    since: value({
      flag: '--since',
      operand: 'time',
      parse: parsePast,
      help: 'only so far back, such as 90m or 8h (default: since the room was last given back)',
    }),
    offline: flag({ flag: '--offline', help: 'ask no machine: of what lies in .kmon alone' }),
    force: flag({ flag: '--force', help: 'overwrite a file that is there and is no report' }),
    config: CONFIG,
    ...SHOWING,
  },
  examples: [
    { line: 'kmon report', does: 'the page of this lesson, before the machines are given back' },
    {
      line: 'kmon report --language fr -o seance.html',
      does: 'in French, in a file of that name',
      means: { language: 'fr', out: 'seance.html' },
    },
    {
      line: 'kmon report --offline --json',
      does: 'the same as data, without asking any machine',
      means: { offline: true, json: true },
    },
  ],
  // A cluster that cannot be asked is told in the page.
  exitCodes: ['config', 'precondition', 'interrupted'],
  run: async (io, given) => (await import('../actions/report.js')).writeReport(io, given),
});
