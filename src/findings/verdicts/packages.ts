import { finding, someOf } from './verdict.js';
import type { Verdict } from './verdict.js';

/** Packages of the owner's that are half-done: apt refuses to install anything before, or fails over them. */
export const packagesVerdict: Verdict = ({ machine, facts }) => {
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
