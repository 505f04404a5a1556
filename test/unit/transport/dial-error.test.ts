import { describe, expect, it } from 'vitest';
import { dialError, dialTimeout } from '../../../src/transport/dial-error.js';
import type { DialPhase } from '../../../src/transport/dial-error.js';

const at = (phase: DialPhase) => ({ machine: 'pc-1', host: '10.0.0.5', port: 22, phase }) as const;
const failed = (code: string, phase: DialPhase = 'connect'): ReturnType<typeof dialError> =>
  dialError(at(phase), Object.assign(new Error(`connect ${code} in some language`), { code }));

describe('a failed connection', () => {
  it.each([
    ['ECONNREFUSED', 'port 22 of 10.0.0.5 refuses the connection'],
    ['EHOSTUNREACH', 'nobody answers for 10.0.0.5 in this network'],
    ['ENETUNREACH', 'this computer has no route to 10.0.0.5'],
    ['ETIMEDOUT', 'port 22 of 10.0.0.5 gives no answer'],
    ['ENOTFOUND', 'no address is known for the name 10.0.0.5'],
    ['EAI_AGAIN', 'no address is known for the name 10.0.0.5'],
  ])('%s has its own words', (code, message) => {
    const error = failed(code);
    expect(error).toMatchObject({ code: 'unreachable', message, context: { machine: 'pc-1' } });
    expect(error.hint).toBeDefined();
    expect(error.evidence).toBeUndefined();
  });

  it("shows the system's own words when it is none of these", () => {
    expect(failed('EADDRNOTAVAIL')).toMatchObject({
      message: 'cannot connect to port 22 of 10.0.0.5',
      evidence: 'connect EADDRNOTAVAIL in some language',
    });
    expect(failed('ECONNRESET', 'handshake').message).toBe(
      'port 22 of 10.0.0.5 ends the connection during the handshake',
    );
    expect(dialError(at('login'), undefined)).toMatchObject({
      message: 'port 22 of 10.0.0.5 ends the connection during the login',
    });
  });

  it.each([
    ['connect', 'port 22 of 10.0.0.5 gives no answer within 10 s'],
    ['handshake', 'port 22 of 10.0.0.5 is open but its handshake takes longer than 10 s'],
    ['login', 'port 22 of 10.0.0.5 is open but its login takes longer than 10 s'],
  ] as const)('tells how far it came in time: %s', (phase, message) => {
    expect(dialTimeout(at(phase), 10_000)).toMatchObject({ code: 'unreachable', message });
  });

  it('gives each kind a remedy of its own', () => {
    const hints = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'].map(
      (code) => failed(code).hint,
    );
    expect(new Set(hints).size).toBe(hints.length);
  });
});
