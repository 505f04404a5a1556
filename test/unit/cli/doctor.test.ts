import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seeComputer } from '../../../src/cli/doctor/see-computer.js';
import { seeLogins } from '../../../src/cli/doctor/see-logins.js';
import type { Seen } from '../../../src/cli/doctor/seen.js';
import { findProgram } from '../../../src/here/find-program.js';
import { doctorText } from '../../../src/ui/doctor-text.js';
import { startAgent } from '../../support/ssh-agent.js';
import { makeKey } from '../../support/sshd.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kmon-doctor-'));
  mkdirSync(join(home, '.ssh'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const of = (seen: readonly Seen[], what: string): Seen | undefined => seen.find((s) => s.what === what);
const logins = (agentSocket?: string): Promise<readonly Seen[]> =>
  seeLogins({
    home,
    localUser: 'anna',
    sshConfigFiles: [join(home, '.ssh/config')],
    ...(agentSocket === undefined ? {} : { agentSocket }),
  });

describe('what lets the person in', () => {
  it('is a key, one with a passphrase, one of the agent, or nothing but a password', async () => {
    expect(of(await logins(), 'keys')).toMatchObject({
      state: 'less',
      found: 'none: every machine asks for a password',
    });
    makeKey(join(home, '.ssh'), 'id_ed25519', 'ed25519', 'a passphrase');
    expect(of(await logins(), 'keys')).toEqual({
      what: 'keys',
      state: 'good',
      found: '0 without a question, 1 with a passphrase that is asked for',
    });
    makeKey(join(home, '.ssh'), 'id_rsa', 'rsa');
    expect(of(await logins(), 'keys')?.found).toBe(
      '1 without a question, 1 with a passphrase that is asked for',
    );
    chmodSync(join(home, '.ssh/id_rsa'), 0o644);
    expect(of(await logins(), 'keys')).toMatchObject({
      state: 'less',
      found: expect.stringMatching(/id_rsa is open to other users \(mode 0644\)$/) as string,
    });
  });

  it('is asked of an agent that is there, and of none that is not', async () => {
    const agent = await startAgent(home);
    try {
      expect(of(await logins(agent.socket), 'ssh agent')).toMatchObject({
        state: 'good',
        found: 'has 0 keys',
      });
      agent.add(makeKey(home, 'mine').file);
      const seen = await logins(agent.socket);
      expect(of(seen, 'ssh agent')?.found).toBe('has one key');
      expect(of(seen, 'keys')).toMatchObject({ state: 'good', found: '1 without a question' });
    } finally {
      agent.stop();
    }
    expect(of(await logins(join(home, 'gone')), 'ssh agent')).toMatchObject({
      state: 'less',
      found: `there is none at ${join(home, 'gone')}`,
    });
    expect(of(await logins(), 'ssh agent')?.state).toBe('good');
  });

  it('cannot be told by a configuration that ssh itself would refuse', async () => {
    writeFileSync(join(home, '.ssh/config'), 'Port many\n');
    const seen = await logins();
    expect(seen).toEqual([
      expect.objectContaining({
        what: 'ssh configuration',
        state: 'lacks',
        found: expect.stringContaining('config:1') as string,
      }),
    ]);
    expect(doctorText(seen)).toMatch(
      /^✖ ssh configuration: .*config:1: .*\n {2}fix: .*\n1 thing stands in the way$/,
    );
  });
});

describe('the computer', () => {
  it('has the programs of PATH, and nothing is made to see what it has', async () => {
    const bin = join(home, 'bin');
    mkdirSync(bin);
    for (const name of ['sh', 'kubectl', 'helm']) writeFileSync(join(bin, name), '', { mode: 0o755 });
    const env = { PATH: bin, KMON_CACHE: join(home, 'a/b') };
    const seen = await seeComputer({ version: '1.2.3', cwd: home, env });
    expect(of(seen, 'kmon')?.found).toMatch(/^1\.2\.3, by Node\.js v/);
    expect(of(seen, '--context')).toMatchObject({ state: 'good' });
    expect(of(seen, 'room for downloads')?.found).toMatch(/^\d+ MB in .*a\/b$/);
    expect(of(seen, 'kmon lab')).toMatchObject({ state: 'less', fix: 'install podman' });
    rmSync(join(bin, 'helm'));
    const without = await seeComputer({ version: '1.2.3', cwd: join(home, 'gone'), env });
    expect(of(without, '--context')).toMatchObject({ state: 'less', fix: 'install helm' });
    expect(of(without, 'this folder')?.state).toBe('lacks');
  });

  it('finds a program as its shell would', () => {
    mkdirSync(join(home, 'helm'));
    writeFileSync(join(home, 'kubectl'), '', { mode: 0o644 });
    writeFileSync(join(home, 'docker'), '', { mode: 0o755 });
    const found = (name: string): string | undefined => findProgram(name, { PATH: `:/nowhere:${home}` });
    expect(found('docker')).toBe(join(home, 'docker'));
    expect([found('helm'), found('kubectl'), found('podman'), findProgram('sh', {})]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
