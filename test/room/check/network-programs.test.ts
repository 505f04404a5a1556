import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseCounted, parseListening, parseSpeeds, parseTried } from '../../../src/trial/answers.js';
import { programCommand } from '../../../src/trial/program.js';
import type { Job, Program } from '../../../src/trial/program.js';

/** What a machine does with the command, in a shell of this computer; `before` goes before the program. */
async function run(program: Program, job: Job, before = ''): Promise<string> {
  const command = await programCommand(program, job);
  const end = spawnSync('sh', ['-c', command.script], {
    input: before + command.stdin,
    encoding: 'utf8',
  });
  expect(end.stderr).toBe('');
  expect(end.status).toBe(0);
  return end.stdout;
}

/** perl as Debian's perl-base has it: without Time::HiRes and all else that belongs to the large package. */
const BASE_ONLY = "BEGIN { $INC{'Time/HiRes.pm'} = undef }\n";

/** A TCP and a UDP port that are free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the programs that try the network, on one computer', () => {
  const who = { id: randomBytes(6).toString('hex'), token: randomBytes(16).toString('hex') };
  const identity: Job = [
    ['id', who.id],
    ['token', who.token],
  ];
  let pid: number | undefined;
  const listen = async (
    ports: Job,
    room = '127.0.0.1',
    before = '',
  ): Promise<ReturnType<typeof parseListening>> => {
    const job: Job = [...identity, ['deadline', 20], ['address', '127.0.0.1'], ['room', room], ...ports];
    const listening = parseListening(await run('listen', job, before));
    pid = listening?.pid;
    return listening;
  };
  const stop = async (): Promise<string> => run('stop', [...identity, ['pid', pid ?? 0]]);
  const runs = (): boolean => spawnSync('kill', ['-0', String(pid)]).status === 0 && !isZombie();
  const isZombie = (): boolean =>
    spawnSync('cat', [`/proc/${String(pid)}/cmdline`], { encoding: 'utf8' }).stdout === '';

  afterEach(async () => {
    await stop();
  });

  it.each([
    ['with its clock', ''],
    ["with perl-base's clock", BASE_ONLY],
  ])('a whole trial works %s', async (_, before) => {
    const port = await freePort();
    const listening = await listen(
      [
        ['port', 'tcp', port],
        ['port', 'udp', port],
      ],
      '127.0.0.1',
      before,
    );
    expect(listening?.ports.map((p) => p.state)).toEqual(['opened', 'opened']);

    const tried = await run(
      'try',
      [
        ...identity,
        ['me', 3],
        ['packets', 20],
        ['spacing', 5],
        ['tcp', 7, '127.0.0.1', port],
        ['ssh', 7, '127.0.0.1', port],
        ['udp', 7, '127.0.0.1', port],
      ],
      before,
    );
    const { ports, echoes } = parseTried(tried);
    expect(ports).toMatchObject([{ peer: 7, port, outcome: 'open' }]);
    expect(ports[0]?.rttMs).toBeGreaterThan(0);
    expect(echoes).toMatchObject([{ peer: 7, sent: 20, answered: 20, mtu: 1500 }]);
    expect(echoes[0]?.rttMs).toBeGreaterThan(0);

    const speed = await run(
      'speed',
      [...identity, ['seconds', 0.2], ['pace', 1_000_000], ['to', 7, '127.0.0.1', port]],
      before,
    );
    for (const { bitsPerSecond } of parseSpeeds(speed)) {
      // The pace, and what may be sent at once.
      expect(bitsPerSecond).toBeGreaterThan(4_000_000);
      expect(bitsPerSecond).toBeLessThan(16_000_000);
    }
    expect(parseSpeeds(speed).map((s) => s.way)).toEqual(['from', 'to']);

    const stopped = await stop();
    expect(parseCounted(stopped)).toEqual(new Map([[3, { packets: 20, largest: 1500 }]]));
    expect(stopped).toContain('stopped yes');
    expect(runs()).toBe(false);
  });

  it.each([
    ['with its clock', ''],
    ["with perl-base's clock", BASE_ONLY],
  ])('does not take a program that hears late for a long way, %s', async (_, before) => {
    const port = await freePort();
    await listen([['port', 'udp', port]], '127.0.0.1', before);
    // As on a busy computer: its turn comes every 150 ms.
    const turns = spawn('sh', [
      '-c',
      `for i in 1 2 3 4 5 6 7 8 9 10; do kill -STOP ${String(pid)}; sleep 0.15; kill -CONT ${String(pid)}; sleep 0.01; done`,
    ]);
    const ended = once(turns, 'exit');
    const command = await programCommand('try', [
      ...identity,
      ['me', 3],
      ['packets', 20],
      ['spacing', 30],
      ['udp', 7, '127.0.0.1', port],
    ]);
    const program = spawn('sh', ['-c', command.script]);
    program.stdin.end(before + command.stdin);
    let said = '';
    for await (const text of program.stdout.setEncoding('utf8')) said += String(text);
    await ended;
    const [echo] = parseTried(said).echoes;
    expect(echo).toMatchObject({ sent: 20, answered: 20 });
    expect(echo?.rttMs, said).toBeLessThan(25);
  });

  it('leaves a port alone that another program has', async () => {
    const tcp = createServer().listen(0, '127.0.0.1');
    const udp = createSocket({ type: 'udp4', reuseAddr: true }).bind(0, '127.0.0.1');
    await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
    const listening = await listen([
      ['port', 'tcp', (tcp.address() as AddressInfo).port],
      ['port', 'udp', udp.address().port],
    ]);
    expect(listening?.ports.map((p) => p.state)).toEqual(['held', 'held']);
    tcp.close();
    udp.close();
  });

  it('gives the answer of the first start when it is started twice', async () => {
    const port = await freePort();
    const first = await listen([['port', 'tcp', port]]);
    expect(await listen([['port', 'tcp', port]])).toEqual(first);
  });

  it('answers nobody who does not know the token, or is not of the room', async () => {
    const port = await freePort();
    const packet = (token: string): Buffer =>
      Buffer.concat([Buffer.from(token, 'hex'), Buffer.from('E\0\0\x03\0\0'), Buffer.alloc(10)]);
    const ask = async (token: string): Promise<boolean> => {
      const socket = createSocket('udp4');
      let answered = false;
      socket.on('message', (text) => {
        answered = text.length <= packet(token).length;
      });
      socket.send(packet(token), port, '127.0.0.1');
      await new Promise((done) => setTimeout(done, 150));
      socket.close();
      return answered;
    };
    await listen([
      ['port', 'udp', port],
      ['port', 'tcp', port],
    ]);
    expect(await ask(who.token)).toBe(true);
    expect(await ask('0'.repeat(32))).toBe(false);
    const speaker = connect(port, '127.0.0.1');
    speaker.on('error', () => undefined);
    speaker.write(`${'0'.repeat(32)} down 1 1000\n`);
    const bytes: Buffer[] = [];
    speaker.on('data', (chunk: Buffer) => bytes.push(chunk));
    // Not `once`: a reset is what it must get.
    await new Promise((closed) => speaker.once('close', closed));
    expect(Buffer.concat(bytes)).toHaveLength(0);
    await stop();

    await listen([['port', 'udp', port]], '192.0.2.1');
    expect(await ask(who.token)).toBe(false);
  });

  it('ends by itself', async () => {
    const job: Job = [...identity, ['deadline', 1], ['address', '127.0.0.1'], ['room', '127.0.0.1']];
    pid = parseListening(await run('listen', job))?.pid;
    expect(runs()).toBe(true);
    await expect.poll(runs, { timeout: 5000 }).toBe(false);
  });

  it('says which port is closed', async () => {
    const port = await freePort();
    const tried = await run('try', [...identity, ['me', 3], ['tcp', 7, '127.0.0.1', port]]);
    expect(parseTried(tried).ports).toEqual([{ peer: 7, port, outcome: 'refused' }]);
  });
});
