import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Io } from '../../../src/cli/io.js';
import { TESTED_WITH } from '../../../src/here/tested-with.js';

const PROGRAM = '../../../src/cli/program.js';
const seen: {
  loaded: boolean;
  argv?: readonly string[];
  work: (io: Io) => Promise<number>;
} = { loaded: false, work: async () => 0 };

// Test files share a process: what is loaded here is for this file alone.
vi.resetModules();
vi.doMock(PROGRAM, () => {
  seen.loaded = true;
  return {
    runProgram: (argv: readonly string[], io: Io) => {
      seen.argv = argv;
      return seen.work(io);
    },
  };
});
const { main } = await import('../../../src/main.js');
afterAll(() => {
  vi.doUnmock(PROGRAM);
  vi.resetModules();
});

const packageFile = new URL('../../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string };
const listeners = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

describe('kmon --version', () => {
  it.each(['--version', '-V'])(
    'prints the version and what it was tested with, and loads no command line: %s',
    async (flag) => {
      const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      const before = process.exitCode;
      await main([flag]);
      expect(out.mock.calls).toEqual([[`${version}\n${TESTED_WITH}\n`]]);
      expect(err).not.toHaveBeenCalled();
      expect(process.exitCode).toBe(before);
      expect(seen.loaded).toBe(false);
    },
  );
});

describe('kmon', () => {
  let before: typeof process.exitCode;
  let exit: ReturnType<typeof vi.spyOn>;
  beforeEach(() => {
    before = process.exitCode;
    exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  });
  afterEach(() => {
    process.exitCode = before;
  });

  it('ends with the exit code of the program, and listens to signals no longer', async () => {
    const count = listeners();
    seen.work = async (io) => {
      expect(io.version).toBe(version);
      expect(listeners()).toBe(count + 2);
      return 24;
    };
    await main(['check', '--json']);
    expect(seen.argv).toEqual(['check', '--json']);
    expect(process.exitCode).toBe(24);
    expect(listeners()).toBe(count);
    expect(exit).not.toHaveBeenCalled();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops after the running command at the first %s, and leaves at the second',
    async (signal) => {
      const left: string[] = [];
      seen.work = async (io) => {
        io.onLeave(() => left.push('terminal given back'));
        process.emit(signal);
        expect(io.signal.aborted).toBe(true);
        expect(left).toEqual([]);
        expect(exit).not.toHaveBeenCalled();
        process.emit(signal);
        expect(left).toEqual(['terminal given back']);
        return 130;
      };
      await main(['up']);
      expect(exit).toHaveBeenCalledWith(130);
      expect(process.exitCode).toBe(130);
    },
  );

  it('lets go of the signals when the program fails', async () => {
    const count = listeners();
    seen.work = async () => {
      throw new Error('broken');
    };
    await expect(main(['up'])).rejects.toThrow('broken');
    expect(listeners()).toBe(count);
  });
});
