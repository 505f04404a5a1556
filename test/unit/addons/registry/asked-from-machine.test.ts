import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askPorts, silentIn } from '../../../../src/addons/registry/asked-from-machine.js';
import { registry } from '../../../../src/addons/registry/registry.js';
import { CHILD, PARENT } from '../../../support/sample-room.js';
import { asks } from '../../../support/scripted-runner.js';
import { asksNodes } from '../../stages/answers.js';
import { stageOf } from '../../stages/scenarios-registry.js';
import { carriedOutIn, plannedIn, play } from '../../stages/stage-run.js';
import { looks } from '../../stages/things.js';
import { SeenByStage } from '../../../../src/engine/results.js';

/** Somebody who listens on a free port of this computer, and says that to whoever asks; absent: nothing. */
async function listening(says?: string): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    if (says !== undefined) socket.once('data', () => socket.end(says));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const at = server.address();
  if (at === null || typeof at === 'string') throw new TypeError('no port');
  return at.port;
}

async function nobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = server.address();
  await new Promise((done) => server.close(done));
  if (at === null || typeof at === 'string') throw new TypeError('no port');
  return at.port;
}

const ask = async (...ports: readonly number[]): Promise<readonly string[]> => {
  const script = askPorts(ports).script.replaceAll('kmon-parent', '127.0.0.1');
  const { stdout } = await promisify(execFile)('sh', ['-c', script]);
  return silentIn(stdout, ports).map((told) =>
    ports.reduce((text, port, i) => text.replaceAll(String(port), `#${i}`), told),
  );
};

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

describe('the registry, asked on a machine as its containerd will', () => {
  it('answers', async () => {
    expect(await ask(await listening(OK), await listening('HTTP/1.0 200 OK\r\n\r\n'))).toEqual([]);
  });

  it.each([
    ['refused', nobody, 'port #1 of kmon-parent: Connection refused'],
    ['let in by no firewall', () => listening(), 'nothing comes from port #1 of kmon-parent'],
    [
      "somebody else's",
      () => listening('HTTP/1.1 404 Not Found\r\n\r\n'),
      'port #1 of kmon-parent: HTTP/1.1 404 Not Found',
    ],
    ['no web server', () => listening('220 ready\r\n'), 'port #1 of kmon-parent: 220 ready'],
    ['silent', () => listening(''), 'port #1 of kmon-parent: no answer'],
  ])('does not, and it is said which port: %s', async (_, other, told) => {
    expect(await ask(await listening(OK), await other())).toEqual([told]);
  });

  it.each(['', 'bash: not found\n', '30501 0 HTTP/1.1 200 OK\n'])('was not asked: %j', (stdout) => {
    expect(silentIn(stdout, [30500])).toEqual(['port 30500 of kmon-parent: no answer']);
  });
});

describe('a machine that the registry does not answer', () => {
  const nodes = asksNodes({ name: 'pc-10' }, { name: 'pc-11' });
  const seen = (isThere: boolean): SeenByStage => {
    const all = new SeenByStage();
    all.keep(stageOf(registry, 'find-registry'), PARENT.name, isThere);
    return all;
  };
  const config = { addons: ['registry'] as const };

  it('is told nothing, and named with the port and the remedy', async () => {
    const dropped = asks('/dev/tcp/', '30500 0 HTTP/1.1 200 OK\n30501 124 \n');
    const played = await play(
      stageOf(registry, 'set-for-registry'),
      { parent: [nodes], child: Array.from({ length: 11 }, () => dropped) },
      { machine: CHILD, config, seen: seen(true) },
    );
    expect(carriedOutIn(played)).toEqual([]);
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message: 'the registry does not answer pc-11: nothing comes from port 30501 of kmon-parent',
      hint: expect.stringMatching(/^open the ports 30500 and 30501 \(tcp\) on pc-10 for the room/) as string,
    });
  });

  it('is told nothing where there is no registry of kmon', async () => {
    const played = await play(
      stageOf(registry, 'set-for-registry'),
      {},
      { machine: CHILD, config, seen: seen(false) },
    );
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'registry is not there' });
  });
});

describe('a machine that joins when the registry is there, which kmon.yaml does not list', () => {
  const nodes = asksNodes({ name: 'pc-10' }, { name: 'pc-11' });
  const heard = asks('/dev/tcp/', '30500 0 HTTP/1.1 200 OK\n30501 0 HTTP/1.1 200 OK\n');
  const there = (): SeenByStage => {
    const all = new SeenByStage();
    all.keep(stageOf(registry, 'find-registry'), PARENT.name, true);
    return all;
  };
  const written = ['kmon-parent:30500', '192.0.2.10:30500', 'docker.io'].map(
    (name) => `write /etc/kmon/certs.d/${name}/hosts.toml`,
  );

  it('is told, and the plan says so before it has joined', async () => {
    const how = { machine: CHILD, dryRun: true } as const;
    const stage = stageOf(registry, 'set-for-registry');
    const joined = await play(
      stage,
      { parent: [nodes], child: [heard, looks('bare')] },
      { ...how, seen: there() },
    );
    expect(plannedIn(joined)).toEqual(written);
    const joining = await play(
      stage,
      { child: [looks('bare')] },
      { ...how, byInference: true, seen: there() },
    );
    expect(plannedIn(joining)).toEqual(written);
  });

  it('is told nothing by a plan where nobody knows of one', async () => {
    const stage = stageOf(registry, 'set-for-registry');
    const played = await play(stage, {}, { machine: CHILD, dryRun: true, byInference: true });
    expect(plannedIn(played)).toEqual([]);
  });
});
