import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';
import { someOf } from '../wording.js';

const { entries, finding } = catalogue({
  'K-APT-LOCK': {
    title: 'The package manager is busy',
    severities: ['note'],
    cause: 'an installation or update is under way; kmon waits for it',
    remedy: 'nothing: kmon waits up to five minutes for it',
  },
  'K-PACKAGES': {
    title: 'A package is half-done',
    severities: ['stops'],
    cause:
      'apt installs nothing, or fails, before such a package is in order, and teardown leaves alone what is not of kmon',
    remedy: 'put it in order: `sudo dpkg --configure -a`, then `sudo apt-get -f install`, or remove it',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

/** Packages of the owner's that are half-done: apt refuses to install anything before, or fails over them. */
const halfDone: Verdict = ({ machine, facts }) => {
  // Somebody installs at this moment: half-done is then how it has to look.
  if (!facts.apt || facts.aptLock !== undefined) return [];
  const half = facts.unfinishedPackages.map(({ name, state }) => `${name} (${state})`);
  // What kmon's own installation left when it was killed, kmon brings to its end by itself.
  const stopped = facts.dpkgStopped && facts.ledger?.packages !== true;
  if (half.length === 0 && !stopped) return [];
  return [
    finding('K-PACKAGES', 'stops', machine, {
      evidence:
        half.length === 0
          ? 'dpkg was stopped in the middle of an installation'
          : `half-done ${half.length === 1 ? 'package' : 'packages'}: ${someOf(half)}`,
      remedy:
        'on that machine: sudo dpkg --configure -a; if that does not help: sudo apt-get -f install, or remove the package that fails',
    }),
  ];
};

const aptLock: Verdict = ({ machine, facts }) => {
  const lock = facts.aptLock;
  if (lock === undefined) return [];
  const who = lock.process === '' ? 'a program' : lock.process;
  return [
    finding('K-APT-LOCK', 'note', machine, {
      evidence: `${who} (pid ${lock.pid}) holds ${lock.file}`,
      remedy: 'let it finish: kmon waits for it, five minutes at most',
    }),
  ];
};

/** The package manager: at work, or stuck. */
export const packages = subject({ entries, ofMachine: [aptLock, halfDone] });
