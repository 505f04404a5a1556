import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { NO_PERL, programCommand } from '../../../src/trial/program.js';

describe('the programs', () => {
  it.each(['listen', 'try', 'speed', 'reach', 'stop', 'pages'] as const)(
    '%s is perl, without a warning',
    async (program) => {
      const { stdin } = await programCommand(program, []);
      const end = spawnSync('perl', ['-c', '-'], { input: stdin, encoding: 'utf8' });
      expect(end.stderr).toBe('- syntax OK\n');
    },
  );

  it('use what is in perl-base, and nothing else but as a choice', async () => {
    for (const program of ['listen', 'try', 'speed', 'reach', 'stop', 'pages'] as const) {
      const { stdin } = await programCommand(program, []);
      const used = [...stdin.matchAll(/^(?:use|require) ([A-Z]\w*(?:::\w+)*)/gm)].map(([, name]) => name);
      expect(['Errno', 'Fcntl', 'POSIX', 'Socket']).toEqual(expect.arrayContaining(used));
    }
  });

  it('need no perl to say that there is none', async () => {
    const command = await programCommand('stop', []);
    const end = spawnSync('/bin/sh', ['-c', command.script], { env: { PATH: '/nonexistent' }, input: '' });
    expect(end.status).toBe(NO_PERL);
  });

  it('are told words only', async () => {
    await expect(programCommand('stop', [['pid', '1\nid x']])).rejects.toThrow(TypeError);
    await expect(programCommand('stop', [['pid', '']])).rejects.toThrow(TypeError);
  });
});
