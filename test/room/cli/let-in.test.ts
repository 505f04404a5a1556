import { describe } from 'vitest';
import { domainUsers } from './domain-users.js';
import { loggingIn } from './logging-in.js';
import { loginShells } from './login-shells.js';
import { oneLab } from './one-lab.js';
import { becomingRoot } from './sudo.js';
import { becomingRootWithSudoRs } from './sudo-rs.js';

describe('kmon on real machines, which let it in or do not', () => {
  const lab = oneLab();
  loggingIn(lab);
  domainUsers(lab);
  becomingRoot(lab);
  becomingRootWithSudoRs(lab);
  loginShells(lab);
});
