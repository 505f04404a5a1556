import { asWritten, flag, list, value } from './option.js';

/** Options of more than one command. */
export const CONFIG = value({
  short: '-c',
  flag: '--config',
  operand: 'file',
  completes: 'files',
  parse: asWritten,
  help: 'the room (default: ./kmon.yaml)',
});
export const DRY_RUN = flag({
  flag: '--dry-run',
  help: 'look, print what would be changed, and change nothing',
});
export const ONLY = list({
  flag: '--only',
  operand: 'machine',
  parse: asWritten,
  help: 'these machines and no others, by name or address',
});
export const JSON_LINES = flag({ flag: '--json', help: 'one JSON object a line on stdout' });
export const PLAIN = flag({ flag: '--plain', help: 'plain lines, no colours and no live view' });
export const YES = flag({ short: '-y', flag: '--yes', help: 'do not ask' });
export const BREAK_LOCK = flag({
  flag: '--break-lock',
  help: 'take the room over from a run that is certainly dead',
});
export const BUNDLE = value({
  flag: '--bundle',
  operand: 'folder',
  completes: 'folders',
  parse: asWritten,
  help: 'offline bundle to name in kmon.yaml',
});

/** What a command shows, and how. */
export const SHOWING = { json: JSON_LINES, plain: PLAIN };

/** What every command has that changes machines of a room. */
export const CHANGING = {
  dryRun: DRY_RUN,
  only: ONLY,
  config: CONFIG,
  ...SHOWING,
  yes: YES,
  breakLock: BREAK_LOCK,
};
