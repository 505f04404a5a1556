import { describe, expect, it } from 'vitest';
import { exitCodeOfFindings } from '../../../src/findings/result/exit-code.js';
import type { Finding } from '../../../src/findings/index.js';
import type { Severity } from '../../../src/findings/severity.js';
import type { ErrorCode } from '../../../src/errors/exit-codes.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { sampleConfig } from '../../support/sample-room.js';

const { room } = sampleConfig();
const EVERYBODY = ['pc-10', 'pc-11', 'pc-12'];

function found(machine: string | undefined, severity: Severity = 'stops'): Finding {
  const text = { evidence: 'e', cause: 'c', remedy: 'r', fixable: false };
  return { code: 'K-DISK', severity, ...(machine === undefined ? {} : { machine }), ...text };
}

function code(
  findings: readonly Finding[],
  away: Readonly<Record<string, ErrorCode>> = {},
  about: readonly string[] = EVERYBODY,
): number {
  const unseen = Object.entries(away).map(([machine, kind]) => ({
    machine,
    error: new KmonError(kind, 'x'),
  }));
  return exitCodeOfFindings([...unseen.map((u) => found(u.machine)), ...findings], { unseen }, room, about);
}

describe('the exit code of a check', () => {
  it('is 0 when nothing stops', () => {
    expect(code([])).toBe(0);
    expect(code([found('pc-10', 'hurts'), found('pc-11', 'note'), found(undefined, 'hurts')])).toBe(0);
  });

  it('is "partial" when some children are hit and others can begin', () => {
    expect(code([found('pc-11')])).toBe(24);
    expect(code([], { 'pc-11': 'unreachable' })).toBe(24);
    expect(code([], { 'pc-11': 'unreachable', 'pc-12': 'unreachable' })).toBe(24);
  });

  it('is that of what stops the parent, the room, or everybody the command is about', () => {
    expect(code([found('pc-10')])).toBe(22);
    expect(code([found(undefined)])).toBe(22);
    expect(code([], { 'pc-10': 'unreachable' })).toBe(10);
    expect(code([found('pc-12')], {}, ['pc-12'])).toBe(22);
    expect(code([], { 'pc-12': 'host-key-changed' }, ['pc-12'])).toBe(12);
    expect(code([], { 'pc-10': 'login-refused', 'pc-11': 'login-refused' })).toBe(11);
    expect(code([], { 'pc-11': 'no-sudo', 'pc-12': 'no-sudo' }, ['pc-11', 'pc-12'])).toBe(15);
  });

  it('is "precondition" when different kinds meet', () => {
    expect(code([found('pc-11')], { 'pc-10': 'unreachable' })).toBe(22);
    expect(code([], { 'pc-10': 'unreachable', 'pc-11': 'login-refused' })).toBe(22);
  });
});
