import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { attend } from '../../../src/transport/attend.js';
import type { Ended, Running } from '../../../src/transport/attend.js';
import { kmonErrorOf } from '../../support/expect-error.js';

interface Program extends Running {
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly end: (how: Ended) => void;
  readonly abandoned: () => number;
}

/** A program that does what the test says. */
function program(): Program {
  let abandoned = 0;
  let end: (how: Ended) => void = () => undefined;
  const ended = new Promise<Ended>((resolve) => (end = resolve));
  return {
    stdin: new PassThrough().resume(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    ended,
    end: (how) => {
      end(how);
    },
    abandon: () => {
      abandoned += 1;
    },
    abandoned: () => abandoned,
  };
}
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('attend', () => {
  it('does not begin what is aborted already', async () => {
    let begun = 0;
    const start = async (): Promise<Running> => {
      begun += 1;
      return program();
    };
    const error = await kmonErrorOf(attend('pc-1', start, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'interrupted', context: { machine: 'pc-1' } });
    expect(begun).toBe(0);
  });

  it('abandons a program that is aborted, once, and one that begins too late', async () => {
    for (const late of [false, true]) {
      const controller = new AbortController();
      const it = program();
      let begin: () => void = () => undefined;
      const start = (): Promise<Running> =>
        late
          ? new Promise(
              (resolve) =>
                (begin = () => {
                  resolve(it);
                }),
            )
          : Promise.resolve(it);
      const error = kmonErrorOf(attend('pc-1', start, { signal: controller.signal }));
      await turn();
      controller.abort();
      begin();
      expect((await error).code).toBe('interrupted');
      await turn();
      expect(it.abandoned()).toBe(1);
    }
  });

  it('tells the start of a command that it was given up', async () => {
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const error = kmonErrorOf(
      attend(
        'pc-1',
        (givenUp) => {
          seen = givenUp;
          return new Promise(() => undefined);
        },
        { signal: controller.signal },
      ),
    );
    await turn();
    expect(seen?.aborted).toBe(false);
    controller.abort();
    await error;
    expect(seen?.aborted).toBe(true);
  });

  it('stops listening when the command has ended', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const it = program();
    it.end({ kind: 'exited', code: 0 });
    await attend('pc-1', async () => it, { signal });
    expect(listeners).toBe(0);
    expect(it.abandoned()).toBe(0);
  });

  it('passes on what start says, with its own machine', async () => {
    const error = new KmonError('unreachable', 'x', { machine: 'inner' });
    expect(await kmonErrorOf(attend('pc-1', () => Promise.reject(error)))).toBe(error);
    const it = program();
    it.end({ kind: 'lost', error: new KmonError('connection-lost', 'gone') });
    expect((await kmonErrorOf(attend('pc-1', async () => it))).context).toEqual({ machine: 'pc-1' });
  });
});
