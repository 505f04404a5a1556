import { describe, expect, it } from 'vitest';
import { clock, startedMs } from '../../../src/resources/clock.js';
import type { ClockState } from '../../../src/resources/clock.js';
import { reversibleFor } from '../../../src/resources/registry.js';
import { canBePrivate, PrivateMachine } from './private-machine.js';

/** A `date` that keeps how far it is off in a file, so that no real clock is touched; as the real one for all else. */
const STAND_IN = `cat >/run/date <<'END'
#!/bin/sh
off=$(cat /run/clock-off 2>/dev/null || echo 0)
case "$1" in
  -s) echo $((\${2#@} - $(/bin/date +%s))) >/run/clock-off ;;
  +%s) echo $(($(/bin/date +%s) + off)) ;;
  *) exec /bin/date "$@" ;;
esac
END
chmod +x /run/date
mkdir -p /run/bin; mv /run/date /run/bin/date`;

const through = <T extends { readonly script: string }>(command: T): T => ({
  ...command,
  script: `PATH=/run/bin:$PATH\n${command.script}`,
});

describe('the clock', () => {
  const state = (clockS: number, uptimeS: number): ClockState => ({
    startedMs: startedMs(`clock ${clockS}\nuptime ${uptimeS}\n`),
  });

  it('is compared with the time since the start, which goes on while it is looked at', () => {
    const thing = clock({ startedMs: 1_700_000_000_000 });
    expect(state(1_700_000_100, 100.4)).toEqual({ startedMs: 1_699_999_999_600 });
    expect(thing.satisfied(state(1_700_000_100, 100))).toBe(true);
    expect(thing.satisfied(state(1_700_003_600, 3600))).toBe(true);
    expect(thing.satisfied(state(1_700_000_102, 100))).toBe(true);
    expect(thing.satisfied(state(1_700_000_103, 100))).toBe(false);
    expect(thing.satisfied(state(1_700_000_000, 100))).toBe(false);
  });

  it('is set by how far it is off, not to a time that is past when it arrives', () => {
    const thing = clock({ startedMs: 1_700_000_000_000 });
    const behind = state(1_699_996_500, 100);
    expect(thing.describe(behind)).toBe('set the clock 3600 s forward');
    expect(thing.change(behind).script).toBe('date -s "@$(($(date +%s) + 3600))" >/dev/null');
    const ahead = state(1_700_003_700, 100);
    expect(thing.describe(ahead)).toBe('set the clock 3600 s back');
    expect(thing.change(ahead).script).toBe('date -s "@$(($(date +%s) + -3600))" >/dev/null');
  });

  it('is not made wrong again', () => {
    const thing = clock({ startedMs: 1_700_000_000_000 });
    expect(thing.restore(state(100, 90), state(200, 190))).toBe('nothing');
    expect(thing.restore(state(1_699_996_500, 100), state(1_700_000_100, 100))).toEqual({
      leave: 'the clock was wrong before; it is not made wrong again',
    });
  });

  it.each(['', 'clock now\nuptime 1\n', 'clock 1\n', 'clock 1\nuptime -1\n', 'time 1\n'])(
    'refuses %j',
    (text) => {
      expect(() => startedMs(text)).toThrow(TypeError);
    },
  );

  it.skipIf(!canBePrivate)('is right after it was set, by real scripts', async () => {
    const machine = await PrivateMachine.start();
    try {
      machine.sh(STAND_IN);
      const look = async (): Promise<ClockState> => thing.parse(await machine.query(through(thing.read)));
      let thing = clock({ startedMs: 0 });
      const right = await look();
      thing = clock(right);
      for (const off of ['3600', '-7200']) {
        machine.sh(`echo ${off} >/run/clock-off`);
        const found = await look();
        expect(thing.satisfied(found)).toBe(false);
        await machine.mutate('', through(thing.change(found)));
        const now = await look();
        expect(thing.satisfied(now), JSON.stringify({ right, found, now })).toBe(true);
        expect(reversibleFor('clock', thing.params).restore(found, now)).toMatchObject({
          leave: expect.stringContaining('wrong') as string,
        });
      }
    } finally {
      machine.stop();
    }
  });
});
