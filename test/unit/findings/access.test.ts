import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import { EXIT_CODES } from '../../../src/errors/exit-codes.js';
import type { ErrorCode } from '../../../src/errors/exit-codes.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { sightOf, unseen } from './sights.js';

describe('a machine that could not be seen', () => {
  it.each<[ErrorCode, string]>([
    ['unreachable', 'K-UNREACHABLE'],
    ['connection-lost', 'K-UNREACHABLE'],
    ['login-refused', 'K-LOGIN'],
    ['host-key-changed', 'K-HOST-KEY'],
    ['host-key-unknown', 'K-HOST-KEY'],
    ['no-sudo', 'K-SUDO'],
    ['not-a-node', 'K-NOT-LINUX'],
    ['command', 'K-UNSEEN'],
  ])('for %s is %s', (code, expected) => {
    expect(verdicts(unseen(code, 'no')).map((f) => f.code)).toEqual([expected]);
  });

  it('is said for every kind of failure', () => {
    for (const code of Object.keys(EXIT_CODES) as readonly ErrorCode[]) {
      expect(verdicts(unseen(code, 'no'))).toHaveLength(1);
    }
  });

  it('is said on one line, with what the machine said', () => {
    const error = new KmonError('no-sudo', 'student may not use sudo', {
      evidence: 'Sorry, user student may not run sudo.\nThis incident will be reported.\n',
      hint: 'add student to the group.\n',
    });
    expect(verdicts(sightOf({}, { unseen: [{ machine: 'pc-11', error }] }))).toMatchObject([
      {
        evidence:
          'student may not use sudo: Sorry, user student may not run sudo.; This incident will be reported',
        remedy: 'add student to the group',
      },
    ]);
  });

  it('keeps no other from being judged', () => {
    const error = new KmonError('unreachable', 'no answer');
    const sight = sightOf({ 'pc-12': { systemd: false } }, { unseen: [{ machine: 'pc-10', error }] });
    expect(verdicts(sight).map((f) => [f.code, f.machine])).toEqual([
      ['K-UNREACHABLE', 'pc-10'],
      ['K-SYSTEMD', 'pc-12'],
    ]);
  });
});
