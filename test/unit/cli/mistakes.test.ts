import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { FakeIo } from './fake-io.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kmon-mistakes-'));
  await writeFile(
    join(folder, 'kmon.yaml'),
    'rom: atelier-1\nssh: { usr: "a\\nb" }\nparent: "192.168.1\\n300"\n',
  );
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** `isTTY`: the live view. */
async function checked(flags: readonly string[], isTTY = false): Promise<FakeIo> {
  const io = new FakeIo(folder);
  io.err.isTTY = isTTY;
  expect(await runProgram(['check', ...flags], io)).toBe(3);
  return io;
}

const TEXTS = [
  'unknown key rom (did you mean room?)',
  'unknown key ssh.usr (did you mean user?)',
  'parent must be an IPv4 address that the other machines can reach (a name for SSH is its host), not "192.168.1\\n300"',
];
const SHOWN = [
  `✖ kmon.yaml:1:1: ${TEXTS[0] ?? ''}`,
  `✖ kmon.yaml:2:8: ${TEXTS[1] ?? ''}`,
  `✖ kmon.yaml:3:9: ${TEXTS[2] ?? ''}`,
  '  fix: correct kmon.yaml and run the command again (nothing was touched)',
];

describe('several mistakes in kmon.yaml', () => {
  it('are a line each, with their place, in plain lines', async () => {
    const io = await checked([]);
    expect(io.err.raw.trimEnd().split('\n')).toEqual(SHOWN);
    expect(io.out.raw).toBe('');
  });

  it('and on a terminal', async () => {
    const io = await checked([], true);
    expect(io.err.screen.filter((line) => line !== '')).toEqual(SHOWN);
  });

  it('and data for programs', async () => {
    const io = await checked(['--json']);
    const [error] = io.out.raw.split('\n').map((line) => JSON.parse(line || '{}') as Record<string, unknown>);
    expect(error).toMatchObject({
      type: 'error',
      code: 'config',
      mistakes: [
        { file: 'kmon.yaml', line: 1, column: 1, text: TEXTS[0] },
        { file: 'kmon.yaml', line: 2, column: 8, text: TEXTS[1] },
        { file: 'kmon.yaml', line: 3, column: 9, text: TEXTS[2] },
      ],
    });
    expect(io.err.raw).toBe('');
  });
});

it('shows several wrong flags of kmon new a line each', async () => {
  const io = new FakeIo(folder);
  const flags = ['--yes', '--parent', '10.1.1.300', '--user', 'a b', '--no-try'];
  expect(await runProgram(['new', ...flags], io)).toBe(2);
  expect(io.err.raw.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^✖ --parent must be .*"10\.1\.1\.300"$/),
    '✖ --user must be a user name, not "a b"',
    '  fix: correct --parent and --user',
  ]);
});
