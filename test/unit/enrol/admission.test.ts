import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseLedger, toGiveBack } from '../../../src/engine/ledger.js';
import { admissionOf } from '../../../src/enrol/admission.js';
import type { SshdSays } from '../../../src/enrol/registration.js';
import { reversibleFor } from '../../../src/resources/registry.js';
import { LAPTOP, OTHER_KEY } from './sample-laptop.js';

const mark = {
  id: 'abc-123',
  name: 'atelier-1',
  parent: '192.0.2.10',
  role: 'child',
  by: 'ada@desk',
} as const;
const admission = (sshd: Partial<SshdSays> = {}): ReturnType<typeof admissionOf> =>
  admissionOf({
    mark,
    publicKey: `${OTHER_KEY} kmon-atelier-1`,
    sshd: { ...LAPTOP.sshd, ...sshd },
    run: '01234567',
    now: new Date('2026-11-30T20:00:00Z'),
  });

describe('what lets kmon into a laptop', () => {
  it('is a key that may run commands and forward, for thirty days', () => {
    expect(admission().keys).toBe(
      `restrict,port-forwarding,expiry-time="20261230" ${OTHER_KEY} kmon-atelier-1\n`,
    );
  });

  it("adds kmon's file to those of the owner, for root alone", () => {
    expect(admission().settings.split('\n').slice(1)).toEqual([
      'Match User root',
      '    AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2 /etc/ssh/kmon_authorized_keys',
      '',
    ]);
    expect(admission({ authorizedKeysFile: 'none' }).settings).toContain(
      'AuthorizedKeysFile /etc/ssh/kmon_authorized_keys\n',
    );
    const again = admission({ authorizedKeysFile: '.ssh/authorized_keys /etc/ssh/kmon_authorized_keys' });
    expect(again.settings).toContain(
      'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/kmon_authorized_keys\n',
    );
    expect(admission({ permitRootLogin: 'yes' }).settings).not.toContain('PermitRootLogin');
  });

  it.each<Partial<SshdSays>>([
    { permitRootLogin: 'no' },
    { permitRootLogin: 'forced-commands-only' },
    { pubkeyAuthentication: 'no' },
    { authenticationMethods: 'publickey,password' },
  ])("lets root in by kmon's key and by no other where the owner has set %j", (sshd) => {
    expect(admission(sshd).settings.split('\n').slice(1)).toEqual([
      'Match User root',
      '    PermitRootLogin prohibit-password',
      '    PubkeyAuthentication yes',
      '    AuthenticationMethods publickey',
      '    AuthorizedKeysCommand none',
      '    TrustedUserCAKeys none',
      '    AuthorizedKeysFile /etc/ssh/kmon_authorized_keys',
      '',
    ]);
  });

  it('leaves the keys that worked where one key was asked for by name, and not what kmon itself had set', () => {
    expect(admission({ authenticationMethods: 'publickey' }).settings.split('\n').slice(1)).toEqual([
      'Match User root',
      '    AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2 /etc/ssh/kmon_authorized_keys',
      '',
    ]);
    // As the SSH server says it with the settings of an enrolment before.
    const again = { authenticationMethods: 'publickey', authorizedKeysFile: '/etc/ssh/kmon_authorized_keys' };
    expect(admission(again).settings).toBe(admission({ permitRootLogin: 'no' }).settings);
  });

  it('is in the ledger as what was not there, in the form that a teardown reads', () => {
    const { ledger, keys, settings } = admission();
    const entries = parseLedger(ledger, { machine: 'pc-12', file: 'ledger', where: 'there' });
    expect(toGiveBack(entries)).toEqual([
      'file /etc/ssh/sshd_config.d/00-kmon.conf',
      'file /etc/ssh/kmon_authorized_keys',
    ]);
    expect(entries.map((e) => e.room)).toEqual([mark, mark]);
    const absent = { what: { type: 'absent' }, absentParents: [], emptyParents: [], unfinished: false };
    for (const { kind, params, found, stage } of entries) {
      expect([stage, found]).toEqual(['enrol', absent]);
      const content = JSON.stringify(params).includes('00-kmon') ? settings : keys;
      const sha256 = createHash('sha256').update(content).digest('hex');
      const thing = reversibleFor(kind, params);
      const made = { type: 'file', mode: '0600', owner: 'root:root', ids: '0:0', mtime: '1', sha256 };
      expect(thing.restore(found, { ...absent, what: made })).toMatchObject({ effect: 'changes' });
      expect(thing.restore(found, found)).toBe('nothing');
      // The owner has put something else there.
      expect(thing.restore(found, { ...absent, what: { ...made, sha256: 'f' } })).toHaveProperty('leave');
    }
  });

  it('has the SSH server read its settings when they are gone, and only then', () => {
    const restored = parseLedger(admission().ledger, {
      machine: 'pc-12',
      file: 'ledger',
      where: 'there',
    }).map(({ kind, params, found }) => {
      const made = JSON.stringify(params).replace(/.*"made":"([0-9a-f]+)".*/, '$1');
      const now = {
        what: { type: 'file', mode: '0600', owner: 'root:root', ids: '0:0', mtime: '1', sha256: made },
        absentParents: [],
        emptyParents: [],
        unfinished: false,
      };
      const way = reversibleFor(kind, params).restore(found, now);
      if (way === 'nothing' || 'leave' in way) throw new Error('there is something to give back');
      expect(spawnSync('sh', ['-n', '-c', way.script], { encoding: 'utf8' }).stderr).toBe('');
      return way.script.includes('systemctl reload');
    });
    expect(restored).toEqual([false, true]);
  });
});
