import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { changes } from '../../../src/shell/command.js';
import { armRevert, cancelRevert, endRevert, parseRevert, readRevert } from '../../../src/tools/revert.js';
import { assertShellSyntax } from './shell-syntax.js';

const BACK = changes`echo ${`it's "$(id)" \${HOME} $$ 100%`}
exit 3`;

describe('the way back that a machine takes by itself', () => {
  it('is a timer of systemd that fires on the second and leaves nothing', () => {
    const { script } = armRevert(BACK, 60);
    expect(script.split('\n').slice(-4).join('\n')).toBe(
      `systemd-run --quiet --collect --unit=kmon-go-back --description='kmon: go back to what was before' \\
  --on-active=60 --timer-property=AccuracySec=100ms /bin/sh /run/kmon-go-back
systemctl --quiet is-active kmon-go-back.timer
trap - EXIT`,
    );
    for (const command of [armRevert(BACK, 60), cancelRevert(), endRevert(), readRevert()])
      assertShellSyntax(command);
  });

  it('runs the script as it was given, and removes its file also when the script fails', () => {
    const dir = mkdtempSync(join(tmpdir(), 'kmon-test-'));
    const file = join(dir, 'go-back');
    // The same words, with the file elsewhere and without systemd.
    const [writing] = armRevert(BACK, 60).script.split('\nsystemd-run');
    const local = writing?.replace(/^trap .*$/m, '').replaceAll('/run/kmon-go-back', file);
    execFileSync('sh', ['-c', local ?? '']);
    expect(spawnSync('sh', [file], { encoding: 'utf8' })).toMatchObject({
      status: 3,
      stdout: `it's "$(id)" \${HOME} $$ 100%\n`,
      stderr: '',
    });
    expect(spawnSync('ls', ['-A', dir], { encoding: 'utf8' }).stdout).toBe('');
    rmSync(dir, { recursive: true });
  });

  it('is armed, running, or neither', () => {
    expect(['armed\n', 'running\n', 'none\n'].map(parseRevert)).toEqual(['armed', 'running', 'none']);
    expect(() => parseRevert('')).toThrow(TypeError);
  });
});
