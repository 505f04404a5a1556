import { describe, expect, it } from 'vitest';
import { requireBuilder } from '../../../src/guest/builder-needs.js';
import type { ProgramEnd, RunProgram } from '../../../src/lab/process.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { ends, MISSING } from '../lab/scripted-programs.js';

const ROOT = { name: 'linux', userNumber: 0 } as const;

/** A computer by what it lacks, what it is, and whether it runs programs of others. */
function computer(o: {
  readonly lacks?: readonly string[];
  readonly is?: string;
  readonly standsIn?: boolean;
}): {
  readonly run: RunProgram;
  readonly calls: readonly string[];
} {
  const calls: string[] = [];
  const answer = (line: string): ProgramEnd => {
    if (line.includes('command -v')) return ends((o.lacks ?? []).map((name) => `${name}\n`).join(''));
    if (line === 'dpkg --print-architecture') return o.is === '' ? MISSING : ends(`${o.is ?? 'amd64'}\n`);
    if (line.includes('binfmt_misc')) return ends('', o.standsIn === true ? 0 : 1);
    throw new Error(`unexpected: ${line}`);
  };
  return {
    calls,
    run: (file, args) => {
      calls.push([file, ...args].join(' '));
      return Promise.resolve(answer([file, ...args].join(' ')));
    },
  };
}

describe('who makes an image', () => {
  it.each([
    ['windows', 'install WSL with Debian'],
    ['macos', 'in a virtual machine with Debian'],
  ] as const)('is no computer with %s, which is told before anything is looked at', async (name, hint) => {
    const { run, calls } = computer({});
    const error = await kmonErrorOf(requireBuilder(run, 'amd64', { name, userNumber: undefined }));
    expect(error.message).toContain('takes a Linux computer');
    expect(error.hint).toContain(hint);
    expect(calls).toEqual([]);
  });

  it('is root', async () => {
    const { run, calls } = computer({});
    const error = await kmonErrorOf(requireBuilder(run, 'amd64', { name: 'linux', userNumber: 1000 }));
    expect([error.code, error.hint]).toEqual(['precondition', 'run the same command with sudo']);
    expect(calls).toEqual([]);
  });

  it('has the programs, or is told the packages, each once', async () => {
    const { run } = computer({ lacks: ['mmdebstrap', 'mformat', 'mcopy', 'qemu-img'] });
    const error = await kmonErrorOf(requireBuilder(run, 'amd64', ROOT));
    expect(error.message).toBe('mmdebstrap, mformat, mcopy, qemu-img are not installed');
    expect(error.hint).toBe('install what makes an image: sudo apt-get install mmdebstrap mtools qemu-utils');
  });

  it('runs the programs of the laptops', async () => {
    await requireBuilder(computer({}).run, 'amd64', ROOT);
    await requireBuilder(computer({ is: 'arm64' }).run, 'arm64', ROOT);
    await requireBuilder(computer({ standsIn: true }).run, 'arm64', ROOT);
    const error = await kmonErrorOf(requireBuilder(computer({}).run, 'arm64', ROOT));
    expect(error.message).toBe('this computer is amd64, and runs no programs of arm64');
    expect(error.hint).toContain('sudo apt-get install qemu-user-static binfmt-support');
  });
});
