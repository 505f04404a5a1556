import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { liveRunner } from '../../../src/runner/live.js';
import { openLocalDoor } from '../../../src/transport/local-door.js';
import { changes, reads } from '../../../src/shell/command.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { testPool } from '../../support/open-ssh.js';
import type { TestPool, TestPoolOptions } from '../../support/open-ssh.js';
import { freePort, makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { KeyPair, Sshd, SshdOptions } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import type { TestUser } from '../../support/users.js';

describe('pool', () => {
  let sshd: Sshd;
  let user: TestUser;
  let key: KeyPair;
  let keys: string;
  let home: string;
  const pools: TestPool[] = [];

  beforeAll(async () => {
    user = makeUser();
    keys = temporaryFolder('keys');
    key = makeKey(keys, 'key');
    sshd = await startSshd();
    sshd.authorize(user.name, key.publicKey);
  });
  afterAll(async () => {
    await sshd.stop();
    user.remove();
    rmSync(keys, { recursive: true });
  });
  beforeEach(() => {
    home = temporaryFolder('home');
    mkdirSync(join(home, '.ssh'));
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    rmSync(home, { recursive: true, force: true });
  });

  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `pc-${i + 1}`);
  const open = (port: number, options: Partial<TestPoolOptions> = {}, machines = 2): TestPool => {
    const login = { host: '127.0.0.1', port, user: user.name, keyFile: key.file };
    const logins = Object.fromEntries(names(machines).map((name) => [name, login]));
    const pool = testPool({ home, logins, ...options });
    pools.push(pool);
    return pool;
  };
  const server = async (options: SshdOptions): Promise<Sshd> => {
    const special = await startSshd(options);
    onTestFinished(() => special.stop());
    special.authorize(user.name, key.publicKey);
    return special;
  };
  const accepted = (log: string): number => log.match(/Accepted publickey/g)?.length ?? 0;

  it('opens one connection a machine and keeps it', async () => {
    const before = accepted(sshd.log());
    const pool = open(sshd.port);
    const transport = pool.transport('pc-1');
    await Promise.all([transport.exec('true'), transport.exec('true'), pool.open('pc-1')]);
    await pool.transport('pc-1').exec('true');
    expect(accepted(sshd.log()) - before).toBe(1);
  });

  it('leads a port of this computer to where the machine reaches, and says when its SSH server forbids it', async () => {
    const pool = open(sshd.port);
    const door = await openLocalDoor({
      port: 0,
      // The server itself, as the machine reaches it: it says its name to whoever comes.
      forward: () => pool.forward('pc-1', '127.0.0.1', sshd.port),
      onFailure: () => undefined,
    });
    const socket = connect(door.port, '127.0.0.1');
    const greeting = await new Promise<string>((resolve) => {
      socket.once('data', (chunk) => {
        resolve(String(chunk));
      });
    });
    expect(greeting).toMatch(/^SSH-2\.0-/);
    await door.close();

    const nobody = await freePort();
    expect(await kmonErrorOf(pool.forward('pc-1', '127.0.0.1', nobody))).toMatchObject({
      code: 'unreachable',
      message: `port ${nobody} of 127.0.0.1 cannot be reached from there`,
    });
    const strict = await server({ config: ['AllowTcpForwarding no'] });
    expect(await kmonErrorOf(open(strict.port).forward('pc-1', '127.0.0.1', sshd.port))).toMatchObject({
      code: 'unreachable',
      message: 'the SSH server there forwards no connections',
      hint: expect.stringContaining('AllowTcpForwarding') as string,
    });
  });

  it('asks a usual machine for no more sessions than it gives', async () => {
    const log = sshd.log().length;
    const transport = open(sshd.port).transport('pc-1');
    await Promise.all(names(30).map(() => transport.exec('sleep 0.05')));
    expect(sshd.log().slice(log)).not.toContain('no more sessions');
  });

  it('opens a new connection when too many commands of the old one were given up', async () => {
    const before = sshd.log().length;
    const transport = open(sshd.port).transport('pc-1');
    const long = transport.exec('sleep 1.5; echo done');
    const stuck = Array.from({ length: 6 }, () => kmonErrorOf(transport.exec('sleep 5', { timeoutMs: 300 })));
    expect((await Promise.all(stuck)).map((error) => error.code)).toEqual(Array(6).fill('timeout'));
    const began = performance.now();
    await Promise.all(names(16).map(() => transport.exec('true')));
    expect(performance.now() - began).toBeLessThan(1200);
    expect((await long).stdout).toBe('done\n');
    expect(accepted(sshd.log().slice(before))).toBe(2);
    await transport.exec('sleep 0.2');
    expect(sshd.log().slice(before)).toContain('Disconnected from user');
  });

  it('opens a new connection for the next command after one broke, and repeats none', async () => {
    const pool = open(sshd.port);
    const transport = pool.transport('pc-1');
    const file = join(user.home, 'begun');
    const cut = kmonErrorOf(transport.exec(`echo x >>${file}; sleep 20`));
    await transport.exec('sleep 0.3');
    sshd.dropSessions();
    expect(await cut).toMatchObject({ code: 'connection-lost', context: { machine: 'pc-1' } });
    expect((await transport.exec(`cat ${file}`)).stdout).toBe('x\n');
  });

  it('runs what waited for its turn on the new connection, once', async () => {
    const transport = open(sshd.port).transport('pc-1');
    const file = join(user.home, 'waited');
    const cut = Array.from({ length: 8 }, () => kmonErrorOf(transport.exec('sleep 20')));
    await new Promise((done) => setTimeout(done, 300));
    const waiting = names(20).map((name) => transport.exec(`echo ${name} >>${file}`));
    sshd.dropSessions();
    expect((await Promise.all(cut)).map((error) => error.code)).toEqual(Array(8).fill('connection-lost'));
    expect((await Promise.all(waiting)).map((r) => r.exitCode)).toEqual(Array(20).fill(0));
    expect(readFileSync(file, 'utf8').trim().split('\n').toSorted()).toEqual(names(20).toSorted());
  });

  it('repeats a query once when the connection broke under it, and never a change', async () => {
    const pool = open(sshd.port);
    const runner = liveRunner({ machine: 'pc-1', transport: pool.transport('pc-1'), sudo: { mode: 'user' } });
    const file = join(user.home, 'counted');
    const slow = (name: string): string =>
      `echo ${name} >>${file}; [ $(grep -c ${name} ${file}) -gt 1 ] || sleep 20`;
    const query = runner.query(reads`sh -c ${slow('query')}`);
    const change = kmonErrorOf(runner.mutate('count', changes`sh -c ${slow('change')}`));
    await runner.query(reads`sleep 0.4`);
    sshd.dropSessions();
    expect((await query).exitCode).toBe(0);
    expect((await change).code).toBe('connection-lost');
    expect(readFileSync(file, 'utf8').split('\n').toSorted()).toEqual(['', 'change', 'query', 'query']);
  });

  it('is content with a machine that allows two sessions', async () => {
    const special = await server({ config: ['MaxSessions 2'] });
    const transport = open(special.port).transport('pc-1');
    const results = await Promise.all(names(12).map((name) => transport.exec(`sleep 0.05; echo ${name}`)));
    expect(results.map((r) => r.stdout.trim())).toEqual(names(12));
  });

  it.each([1, 2])('has shells that stay make room where a machine allows %i sessions', async (sessions) => {
    const special = await server({ config: [`MaxSessions ${sessions}`] });
    const transport = open(special.port).transport('pc-1');
    for (const [i, name] of names(4).entries()) {
      const shell = { wire: `n=${i}; export n; exec sh`, stdin: [] };
      expect((await transport.inShell(shell, 'echo $n')).stdout).toBe(`${i}\n`);
      expect((await transport.exec(`echo ${name}`)).stdout).toBe(`${name}\n`);
    }
    const shell = { wire: 'exec sh', stdin: [] };
    const both = names(12).flatMap((name) => [
      transport.inShell(shell, `sleep 0.05; echo ${name}`),
      transport.exec(`sleep 0.05; echo ${name}`),
    ]);
    expect((await Promise.all(both)).map((r) => r.stdout.trim())).toEqual(names(12).flatMap((n) => [n, n]));
  });

  it('opens few sessions for many queries', async () => {
    const before = sshd.log().length;
    const runner = liveRunner({
      machine: 'pc-1',
      transport: open(sshd.port).transport('pc-1'),
      sudo: { mode: 'user' },
    });
    for (const name of names(20)) expect((await runner.query(reads`echo ${name}`)).stdout).toBe(`${name}\n`);
    const sessions = sshd
      .log()
      .slice(before)
      .match(/Starting session: /g)?.length;
    expect(sessions).toBe(1);
  });

  it('opens a new connection, and a shell there, when the one that has nothing to do broke', async () => {
    const transport = open(sshd.port).transport('pc-1');
    const shell = { wire: 'exec sh', stdin: [] };
    const { stdout } = await transport.inShell(shell, 'echo $$');
    const cut = kmonErrorOf(transport.exec('sleep 20'));
    await transport.inShell(shell, 'sleep 0.2');
    sshd.dropSessions();
    await cut;
    expect((await transport.inShell(shell, 'echo $$')).stdout).not.toBe(stdout);
  });

  it('says so when a machine allows no session at all', async () => {
    const special = await server({ config: ['MaxSessions 0'] });
    const error = await kmonErrorOf(open(special.port).transport('pc-1').exec('true'));
    expect(error).toMatchObject({ code: 'connection-lost', context: { machine: 'pc-1' } });
    expect(error.hint).toContain('MaxSessions');
  });

  describe('a port of the machine that is listened on from here', () => {
    const echo = (stream: Duplex): void => void stream.on('error', () => undefined).pipe(stream);
    const ask = (port: number, text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port }, () => socket.end(text));
        let heard = '';
        socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        socket.on('end', () => {
          resolve(heard);
        });
        socket.on('error', reject);
      });

    it('gives each connection that is made there, on loopback alone, until it is closed', async () => {
      const pool = open(sshd.port);
      const { port, close } = await pool.listen('pc-1', echo);
      const other = await pool.listen('pc-2', (stream) => stream.end('pc-2'));
      const long = 'x'.repeat(3_000_000);
      expect(await Promise.all(['a', 'b', long].map((text) => ask(port, text)))).toEqual(['a', 'b', long]);
      expect(await ask(other.port, '')).toBe('pc-2');
      const { stdout } = await pool.transport('pc-1').exec(`ss -Hltn sport = :${port}`);
      expect(
        stdout
          .trim()
          .split('\n')
          .map((l) => l.split(/ +/)[3]),
      ).toEqual([`127.0.0.1:${port}`]);
      await close();
      await expect(ask(port, 'a')).rejects.toThrow('ECONNREFUSED');
      expect(await ask(other.port, '')).toBe('pc-2');
    });

    it('is there again under the same number after the connection broke', async () => {
      const pool = open(sshd.port);
      const { port } = await pool.listen('pc-1', echo);
      const cut = kmonErrorOf(pool.transport('pc-1').exec('sleep 20'));
      await pool.transport('pc-1').exec('sleep 0.2');
      sshd.dropSessions();
      await cut;
      await pool.transport('pc-1').exec('true');
      expect(await ask(port, 'again')).toBe('again');
    });

    it('is refused where the SSH server does not forward, and commands go on', async () => {
      const special = await server({ config: ['AllowTcpForwarding no'] });
      const pool = open(special.port);
      expect(await kmonErrorOf(pool.listen('pc-1', echo))).toMatchObject({
        code: 'precondition',
        message: 'the SSH server does not open a port for this computer',
        context: { machine: 'pc-1' },
      });
      expect((await pool.transport('pc-1').exec('echo on')).stdout).toBe('on\n');
    });
  });

  describe('jump hosts', () => {
    const through = (jump: string): void => {
      writeFileSync(
        join(home, '.ssh/config'),
        `Host 127.0.0.1\n  ProxyJump ${jump}\n  IdentityFile ${key.file}\n`,
      );
    };

    it('reaches 40 machines through one connection to the jump host', async () => {
      const jump = await server({});
      through(`${user.name}@localhost:${jump.port}`);
      writeFileSync(join(home, '.ssh/config'), `Host localhost\n  IdentityFile ${key.file}\n`, { flag: 'a' });
      const pool = open(sshd.port, {}, 40);
      const results = await Promise.all(names(40).map((n) => pool.transport(n).exec('echo $SSH_CONNECTION')));
      expect(results.every((r) => r.stdout.trim().endsWith(` ${sshd.port}`))).toBe(true);
      expect(accepted(jump.log())).toBe(1);
      expect(
        pool
          .pins()
          .split('\n')
          .filter((l) => l.startsWith(`[localhost]:${jump.port} `)),
      ).toHaveLength(1);
    });

    it('goes through a chain of them', async () => {
      const first = await server({});
      const second = await server({});
      through(`${user.name}@localhost:${first.port},${user.name}@ip6-less:${second.port}`);
      writeFileSync(
        join(home, '.ssh/config'),
        `Host localhost ip6-less\n  HostName 127.0.0.1\n  HostKeyAlias %h\n  IdentityFile ${key.file}\n`,
        { flag: 'a' },
      );
      await open(sshd.port).transport('pc-1').exec('true');
      expect([accepted(first.log()), accepted(second.log())]).toEqual([1, 1]);
    });

    it('checks the key of the jump host', async () => {
      const jump = await server({});
      through(`${user.name}@localhost:${jump.port}`);
      const stranger = makeKey(home, 'stranger');
      const pins = join(home, 'pins');
      writeFileSync(pins, `[localhost]:${jump.port} ${stranger.publicKey}\n`);
      const error = await kmonErrorOf(open(sshd.port, { knownHostsFiles: [pins] }).open('pc-2'));
      expect(error).toMatchObject({
        code: 'host-key-changed',
        message: 'jump host localhost: localhost shows another host key than the pinned one',
        context: { machine: 'pc-2' },
      });
    });

    it('tells whether the jump host or the machine behind it is missing', async () => {
      const jump = await server({});
      const nobody = await freePort();
      through(`${user.name}@localhost:${jump.port}`);
      writeFileSync(join(home, '.ssh/config'), `Host localhost\n  IdentityFile ${key.file}\n`, { flag: 'a' });
      expect(await kmonErrorOf(open(nobody).open('pc-1'))).toMatchObject({
        code: 'unreachable',
        message: `jump host localhost: port ${nobody} of 127.0.0.1 cannot be reached from there`,
        context: { machine: 'pc-1' },
      });
      through(`${user.name}@localhost:${nobody}`);
      expect(await kmonErrorOf(open(sshd.port).open('pc-1'))).toMatchObject({
        code: 'unreachable',
        message: `jump host localhost: port ${nobody} of localhost refuses the connection`,
        context: { machine: 'pc-1' },
      });
    });
  });

  describe('unreachable', () => {
    const listener = async (serve: (socket: Socket) => void): Promise<number> => {
      const sockets = new Set<Socket>();
      const tcp = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        serve(socket);
      });
      await new Promise<void>((done) => tcp.listen(0, '127.0.0.1', done));
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy();
        tcp.close();
      });
      return (tcp.address() as AddressInfo).port;
    };

    it('tells a refused port', async () => {
      const port = await freePort();
      expect(await kmonErrorOf(open(port).open('pc-1'))).toMatchObject({
        code: 'unreachable',
        message: `port ${port} of 127.0.0.1 refuses the connection`,
        hint: 'start the SSH server on pc-1 (sudo systemctl start ssh), or correct the port',
        context: { machine: 'pc-1' },
      });
    });

    it('tells a port that is open but silent, in time', async () => {
      const port = await listener(() => undefined);
      const began = performance.now();
      expect(await kmonErrorOf(open(port, { connectTimeoutMs: 300 }).open('pc-1'))).toMatchObject({
        code: 'unreachable',
        message: `port ${port} of 127.0.0.1 is open but its handshake takes longer than 0.3 s`,
        context: { machine: 'pc-1' },
      });
      expect(performance.now() - began).toBeLessThan(3000);
    });

    it('tells a server that hangs up at once', async () => {
      const port = await listener((socket) => socket.end());
      expect(await kmonErrorOf(open(port).open('pc-1'))).toMatchObject({
        code: 'unreachable',
        message: `port ${port} of 127.0.0.1 ends the connection during the handshake`,
        context: { machine: 'pc-1' },
      });
    });

    it('tells a server that speaks something else', async () => {
      const port = await listener((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      expect(await kmonErrorOf(open(port).open('pc-1'))).toMatchObject({
        code: 'unreachable',
        message: `port ${port} of 127.0.0.1 answers, but not as an SSH server`,
        evidence: 'HTTP/1.1 400 Bad Request',
        hint: `check that port ${port} is the one of the SSH server`,
      });
    });

    it('tries again when asked again: the machine may be on by then', async () => {
      const port = await freePort();
      const pool = open(port);
      expect((await kmonErrorOf(pool.open('pc-1'))).code).toBe('unreachable');
      await server({ port });
      await pool.open('pc-1');
    });

    it('stops connecting when it is closed', async () => {
      const port = await listener(() => undefined);
      const pool = open(port);
      const opening = kmonErrorOf(pool.open('pc-1'));
      const began = performance.now();
      await new Promise((done) => setImmediate(done));
      await pool.close();
      expect((await opening).code).toBe('interrupted');
      expect(performance.now() - began).toBeLessThan(3000);
    });

    it('stops connecting when the run is stopped', async () => {
      const port = await listener(() => undefined);
      const controller = new AbortController();
      const opening = kmonErrorOf(open(port, { signal: controller.signal }).open('pc-1'));
      const waiting = kmonErrorOf(open(port).transport('pc-1').exec('true', { signal: controller.signal }));
      await new Promise((done) => setImmediate(done));
      controller.abort();
      expect(await opening).toMatchObject({ code: 'interrupted', context: { machine: 'pc-1' } });
      expect(await waiting).toMatchObject({ code: 'interrupted', context: { machine: 'pc-1' } });
    });
  });
});
