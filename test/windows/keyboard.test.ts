import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kmon } from '../support/kmon.js';
import { startAgent } from '../support/ssh-agent.js';
import type { SshAgent } from '../support/ssh-agent.js';
import { makeKey, startSshd, temporaryFolder } from '../support/sshd.js';
import type { Sshd } from '../support/sshd.js';
import { makeUser } from '../support/users.js';
import type { TestUser } from '../support/users.js';
import { Windows, windowsPath } from '../support/windows.js';
import type { WindowsEnd } from '../support/windows.js';

/**
 * kmon as a program of Windows, under Wine, at real sshd servers of this computer. What Wine has none of is not tried here: lists of access
 * (icacls), routes, consoles.
 */
describe('a keyboard with Windows', () => {
  const PASSWORD = 'pässwörd "1" $HOME';
  let dir: string;
  let home: string;
  let sshd: Sshd;
  let user: TestUser;
  let windows: Windows;
  let rooms = 0;

  beforeAll(async () => {
    dir = temporaryFolder('windows');
    windows = new Windows(dir);
    ({ home } = windows);
    rmSync(join(home, '.ssh'), { recursive: true, force: true });
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    sshd = await startSshd();
    user = makeUser({ password: PASSWORD, sudoers: ['USER ALL=(ALL) ALL'] });
    sshd.authorize(user.name, makeKey(join(home, '.ssh'), 'id_ed25519').publicKey);
  });
  afterAll(async () => {
    await windows.end();
    await sshd.stop();
    user.remove();
    rmSync(join(home, '.ssh'), { recursive: true });
    rmSync(dir, { recursive: true });
  });

  /** A folder with this kmon.yaml. */
  function room(yaml: string | Buffer): string {
    rooms += 1;
    const folder = join(dir, `room-${rooms}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'kmon.yaml'), yaml);
    return folder;
  }
  const yaml = (more = '', host = '127.0.0.1'): string =>
    [
      'room: windows',
      // No machine has this address: kmon says so, and goes by host.
      `parent: { address: 10.77.250.10, host: ${host}, port: ${sshd.port}, user: ${user.name} }`,
      'children: []',
      `ssh: { hostKeys: pin, sudoPasswordFile: password.txt${more} }`,
      '',
    ].join('\n');
  const withPassword = (folder: string, bytes: string | Buffer = PASSWORD): string => {
    writeFileSync(join(folder, 'password.txt'), bytes, { mode: 0o600 });
    return folder;
  };
  const check = (folder: string): Promise<WindowsEnd> => windows.kmon(['check', '--json'], folder);
  const codesIn = ({ stdout }: { readonly stdout: string }): readonly string[] =>
    [...new Set(stdout.match(/\bK-[A-Z][A-Z-]*\b/g))].toSorted();

  it('finds what a keyboard with Linux finds', async () => {
    const folder = withPassword(room(yaml()));
    const there = await check(folder);
    expect(there.exitCode, there.stdout + there.stderr).toBe(22);
    expect(there.stdout).toContain('is pinned from now on');
    const known = readFileSync(join(folder, '.kmon/known_hosts'), 'utf8');
    expect(known).toContain(sshd.hostKeys.ed25519?.split(' ')[1]);
    cpSync(join(home, '.ssh'), join(folder, '.ssh'), { recursive: true });
    const here = await kmon(['check', '--json'], { cwd: folder });
    expect(codesIn(there)).toEqual(codesIn(here));
    expect(codesIn(there).length).toBeGreaterThan(0);
    // Neither of them met the machine for the first time then.
    expect(readFileSync(join(folder, '.kmon/known_hosts'), 'utf8')).toBe(known);
    expect((await check(folder)).stdout).not.toContain('pinned');
    expect(readdirSync(join(folder, '.kmon/transcripts'))).toHaveLength(3);
  });

  const utf16 = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

  it('reads what PowerShell and Notepad write', async () => {
    for (const [config, password] of [
      [utf16(yaml().replaceAll('\n', '\r\n')), utf16(`${PASSWORD}\r\n`)],
      [Buffer.from(`\uFEFF${yaml().replaceAll('\n', '\r\n')}`), Buffer.from(`\uFEFF${PASSWORD}\r\n`)],
    ] as const) {
      const end = await check(withPassword(room(config), password));
      expect(end.exitCode, end.stdout + end.stderr).toBe(22);
      expect(codesIn(end)).toContain('K-ADDRESS');
    }
  });

  it('goes by the ssh configuration as people write it there', async () => {
    mkdirSync(join(home, '.ssh', 'conf.d'));
    writeFileSync(
      join(home, '.ssh', 'config'),
      [String.raw`Include conf.d\*.conf`, String.raw`Include ~\.ssh\other\*.conf`, ''].join('\r\n'),
    );
    writeFileSync(
      join(home, '.ssh', 'conf.d', 'room.conf'),
      utf16(
        [
          'Host machine',
          '  HostName 127.0.0.1',
          `  Port ${sshd.port}`,
          String.raw`  IdentityFile ~\.ssh\id_ed25519`,
          '  ProxyJump jump',
          'Host jump',
          '  HostName 127.0.0.1',
          `  User ${user.name}`,
          `  Port ${sshd.port}`,
          '',
        ].join('\r\n'),
      ),
    );
    const end = await check(withPassword(room(yaml('', 'machine'))));
    expect(end.exitCode, end.stdout + end.stderr).toBe(22);
    expect(codesIn(end)).toContain('K-ADDRESS');
    expect(sshd.log()).toMatch(/direct-tcpip|channel .*: new|Starting session/);
    rmSync(join(home, '.ssh', 'config'));
  });

  describe('with an agent', () => {
    let agent: SshAgent;
    let bridge: Server;
    beforeAll(async () => {
      agent = await startAgent(dir);
      agent.add(join(home, '.ssh', 'id_ed25519'));
      bridge = createServer((from) => {
        const to = connect(agent.socket);
        from.pipe(to).pipe(from);
        for (const end of [from, to]) end.on('error', () => end.destroy());
      });
      await new Promise<void>((done) => bridge.listen(0, '127.0.0.1', done));
    });
    afterAll(() => {
      bridge.close();
      agent.stop();
    });

    it('logs in by the pipe that the ssh of Windows has, though nothing names it', async () => {
      const { port } = bridge.address() as AddressInfo;
      const ready = join(dir, 'ready');
      // What Windows' own agent is there: the pipe, and behind it a real agent of this computer.
      const pipe = windows.start(
        [
          '-e',
          `const net = require('net');
           net.createServer((from) => { const to = net.connect(${port}, '127.0.0.1'); from.pipe(to).pipe(from);
             for (const end of [from, to]) end.on('error', () => end.destroy()); })
             .listen(String.raw\`\\\\.\\pipe\\openssh-ssh-agent\`, () => require('fs').writeFileSync(process.argv[1], ''));`,
          windowsPath(ready),
        ],
        dir,
      );
      for (let i = 0; !existsSync(ready) && i < 200; i++) await new Promise((done) => setTimeout(done, 50));
      // No key file of the person is there.
      const key = join(home, '.ssh', 'id_ed25519');
      const kept = readFileSync(key);
      rmSync(key);
      try {
        const end = await check(withPassword(room(yaml())));
        expect(end.exitCode, end.stdout + end.stderr).toBe(22);
        expect(codesIn(end)).toContain('K-ADDRESS');
      } finally {
        writeFileSync(key, kept, { mode: 0o600 });
        pipe.child.kill();
      }
    });
  });

  it('says what a cluster of a kubeconfig, and a cluster to practise on, take there', async () => {
    const folder = join(dir, 'clusters');
    mkdirSync(folder);
    // Nothing of it is on the PATH of Windows.
    for (const [args, said, exitCode] of [
      [
        ['deploy-monitoring', '--context', 'kind-lab', '--plain'],
        'there is no sh on this computer (PATH)',
        22,
      ],
      [['solo', '--plain'], 'there is neither kind nor minikube on this computer', 22],
      [['solo', '--remove', '--plain'], 'there is no cluster that kmon solo has made from this folder', 0],
    ] as const) {
      const end = await windows.kmon(args, folder);
      expect(end.stderr + end.stdout).toContain(said);
      expect(end.exitCode).toBe(exitCode);
    }
  });

  it('names a folder that holds no bundle by its path there', async () => {
    const cache = join(dir, 'bundles');
    mkdirSync(cache);
    for (const what of ['verify', 'list']) {
      const end = await windows.kmon(['bundle', what, windowsPath(cache)], dir);
      expect(end.stderr).toContain(`there is no bundle in ${windowsPath(cache)}`);
      expect(end.exitCode).not.toBe(0);
      expect(end.stderr).not.toMatch(/\.js:\d+/);
    }
  });

  it('tells of a mistake as elsewhere', async () => {
    for (const [args, said] of [
      [['chekc'], 'Did you mean check?'],
      [['lab', 'up'], 'takes a Linux computer'],
      [['check', '--config', String.raw`no\such.yaml`], String.raw`there is no no\such.yaml`],
    ] as const) {
      const end = await windows.kmon(args, dir);
      expect(end.exitCode).not.toBe(0);
      expect(end.stderr + end.stdout).toContain(said);
      expect(end.stderr).not.toMatch(/\.js:\d+/);
    }
  });
});
