import { catalogue, subject } from '../subject.js';
import type { UnseenVerdictOf } from '../subject.js';
import { inItsWords, isShut } from './access.js';

const { entries, finding } = catalogue({
  'K-UNSEEN': {
    title: 'The machine could not be looked at',
    severities: ['stops'],
    cause: 'the login works, but what kmon asks there does not run to its end',
    remedy: 'log in with `ssh`, see whether `sh` and `sudo` work there, and run `kmon check` again',
  },
});

const failed: UnseenVerdictOf<keyof typeof entries> = (machine, error) =>
  isShut(error) ? [] : [finding('K-UNSEEN', 'stops', machine, inItsWords(machine, error))];

/** The login works, and the look does not. */
export const unseen = subject({ entries, ofUnseen: [failed] });
