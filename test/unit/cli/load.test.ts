import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { FakeIo } from './fake-io.js';

/** A room whose machines nobody could reach: what is refused here, is refused without asking them. */
const ROOM = `room: atelier-1
ssh: { user: student }
parent: { address: 192.0.2.10, name: pc-10 }
children: [{ address: 192.0.2.11, name: pc-11 }]
`;

it.each([
  [
    'http://203.0.113.5/',
    22,
    '203.0.113.5 is no machine of the room, and in neither network of the cluster: a load stays inside the room',
  ],
  // What a cloud tells machines of themselves, and their keys.
  ['http://169.254.169.254/latest/', 22, '169.254.169.254 is no machine of the room'],
  ['http://web.red/ --from pc11', 2, '--from names pc11, which is no machine of room atelier-1'],
  [
    'http://web.red/ --steps 1,1,1,1 --for 10m',
    2,
    '4 steps of 600 s are more than the 30 minutes that a load may take',
  ],
])('kmon load %s asks no machine: exit %i', async (line, exitCode, message) => {
  const cwd = mkdtempSync(join(tmpdir(), 'kmon-load-'));
  onTestFinished(() => {
    rmSync(cwd, { recursive: true });
  });
  writeFileSync(join(cwd, 'kmon.yaml'), ROOM);
  const io = new FakeIo(cwd);
  expect(await runProgram(['load', ...line.split(' '), '--plain'], io)).toBe(exitCode);
  expect(io.err.raw).toContain(message);
  expect(existsSync(join(cwd, '.kmon/runs'))).toBe(false);
});
