import { describe, expect, it } from 'vitest';
import { afterTrial, calledNames, failed, loginOf, triedOf } from '../../../../src/cli/new/machines.js';
import type { Candidate } from '../../../../src/cli/new/machines.js';
import { KmonError } from '../../../../src/errors/kmon-error.js';
import type { FirstLook } from '../../../../src/runner/first-look.js';

const ROOM: readonly Candidate[] = [
  { role: 'parent', address: '192.168.1.10' },
  { role: 'child', address: '192.168.1.11', team: 'red' },
  { role: 'child', address: '192.168.1.12', name: 'pc-12', user: 'root' },
];
const COMMON = { user: 'student', key: '/k' };
const LOOK: FirstLook = { system: 'Debian', hostname: 'x', cpus: 1, memoryBytes: 1, routes: '' };
const WINDOWS: FirstLook = { ...LOOK, other: { family: 'windows', name: 'Windows 11', version: '10.0' } };
const MAC: FirstLook = { ...LOOK, other: { family: 'macos', name: 'macOS 14', version: '14' } };
const refused = new KmonError('login-refused', 'no');

describe('the machines of a room to be', () => {
  it('are called as kmon.yaml will call them', () => {
    expect(calledNames(ROOM)).toEqual(['parent', 'child-1', 'pc-12']);
  });

  it('are logged in to as kmon.yaml will say', () => {
    expect(triedOf(ROOM, COMMON, (m) => m.role === 'child')).toEqual([
      { name: 'child-1', login: { host: '192.168.1.11', user: 'student', keyFile: '/k' } },
      { name: 'pc-12', login: { host: '192.168.1.12', user: 'root', keyFile: '/k' } },
    ]);
    expect(loginOf({ role: 'parent', address: '192.168.1.10' }, { user: 'u' })).toEqual({
      host: '192.168.1.10',
      user: 'u',
    });
  });

  it('keep what was answered, and what the last trial told', () => {
    const once = afterTrial(ROOM, [
      { name: 'child-1', error: refused },
      { name: 'parent', look: LOOK },
    ]);
    expect(once).toEqual([
      { role: 'parent', address: '192.168.1.10', look: LOOK },
      { role: 'child', address: '192.168.1.11', team: 'red', error: refused },
      ROOM[2],
    ]);
    expect(once.map(failed)).toEqual([false, true, false]);
    const twice = afterTrial(once, [{ name: 'child-1', look: LOOK }]);
    expect(twice[1]).toEqual({ role: 'child', address: '192.168.1.11', team: 'red', look: LOOK });
  });

  it('are observed where they run another system, which the parent cannot be', () => {
    const tried = afterTrial(ROOM, [
      { name: 'parent', look: MAC },
      { name: 'child-1', look: WINDOWS },
      { name: 'pc-12', look: MAC },
    ]);
    expect(tried[0]?.kind).toBeUndefined();
    expect(tried[1]).toMatchObject({ kind: 'observed', exporter: 9182 });
    expect(tried[2]).toMatchObject({ kind: 'observed', exporter: 9100, name: 'pc-12' });
    expect(tried.map(failed)).toEqual([true, false, false]);
  });
});
