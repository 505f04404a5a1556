import { once } from 'node:events';
import { connect } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeMarks } from '../../../src/cli/grafana-marks.js';
import type { StressMark } from '../../../src/observe/stress-marks.js';
import { markLoad } from '../../../src/cli/mark-load.js';
import { Secret } from '../../../src/shell/secret.js';
import { sampleConfig } from '../../support/sample-room.js';
import { StandInGrafana } from '../../support/stand-in-grafana.js';

const PASSWORD = 'correct horse';
const LOGIN = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;
const MARKS: readonly StressMark[] = [
  { part: 'before', from: 1_000, to: 26_000.4, text: 'before the load' },
  { part: 'load', from: 26_000, to: 86_000, text: 'kmon stress' },
];

let grafana: StandInGrafana;
let port: number;
beforeEach(async () => {
  grafana = new StandInGrafana();
  grafana.login = LOGIN;
  port = await grafana.open();
});
afterEach(() => {
  grafana.close();
});

async function reach(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

const write = (password = PASSWORD): Promise<void> =>
  writeMarks({ connect: reach, user: 'admin', password: new Secret(password), now: Date.now }, MARKS);

describe('marks in Grafana', () => {
  it('are written one by one, with the login in a header and nowhere else', async () => {
    await write();
    expect(grafana.asked).toEqual([
      { what: 'GET /api/health', login: undefined, body: undefined },
      {
        what: 'POST /api/annotations',
        login: LOGIN,
        body: { time: 1000, timeEnd: 26_000, tags: ['kmon', 'stress', 'before'], text: 'before the load' },
      },
      {
        what: 'POST /api/annotations',
        login: LOGIN,
        body: { time: 26_000, timeEnd: 86_000, tags: ['kmon', 'stress', 'load'], text: 'kmon stress' },
      },
    ]);
  });

  it("are written by Grafana's clock where that is another", async () => {
    grafana.clock = () => Date.now() + 3_600_000;
    await write();
    const { time } = grafana.asked[1]?.body as { readonly time: number };
    expect(Math.abs(time - 1000 - 3_600_000)).toBeLessThan(2000);
  });

  it('say in the words of Grafana why they are not there, and not the password', async () => {
    const error = await write('wrong horse').catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'command',
      message: 'Grafana answers 401: Invalid username or password',
    });
    expect(JSON.stringify(error)).not.toContain('wrong horse');
  });

  it('give nobody the password who does not answer as Grafana', async () => {
    grafana.health = 404;
    await expect(write()).rejects.toMatchObject({ message: expect.stringContaining('404') as string });
    grafana.health = 200;
    grafana.says = '<html>';
    await expect(write()).rejects.toMatchObject({ code: 'command' });
    expect(grafana.asked.map(({ login }) => login)).toEqual([undefined, undefined]);
  });

  it('say what went wrong on the way', async () => {
    grafana.close();
    const writing = writeMarks(
      { connect: reach, user: 'admin', password: new Secret(PASSWORD), now: Date.now },
      MARKS,
    );
    await expect(writing).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});

describe('the marks of a load', () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'kmon-marks-'));
    writeFileSync(join(stateDir, 'grafana-password'), `${PASSWORD}\n`, { mode: 0o600 });
  });
  afterEach(() => {
    rmSync(stateDir, { recursive: true, force: true });
  });

  /** Gives what was told. */
  async function mark(services: readonly object[]): Promise<readonly string[]> {
    const told: string[] = [];
    const stdout = JSON.stringify({ items: services });
    await markLoad(
      {
        config: sampleConfig({ stateDir }),
        supply: { programFolder: '/opt/kmon/bin' },
        untold: async () => ({
          machine: 'pc-10',
          query: async () => ({ exitCode: 0, stdout, stderr: '', durationMs: 1 }),
        }),
        forward: async (machine, host, at) => {
          told.push(`to ${host}:${at} through ${machine.name}`);
          return reach();
        },
        tell: (event) => {
          if (event.type === 'note') told.push(event.text);
        },
      },
      MARKS,
    );
    return [...new Set(told)];
  }
  const GRAFANA = {
    metadata: { name: 'kmon-grafana', labels: { 'app.kubernetes.io/name': 'grafana' } },
    spec: { clusterIP: '10.96.0.8', ports: [{ name: 'http', port: 80 }] },
  };

  it('are written where the room has a Grafana, through the parent', async () => {
    expect(await mark([GRAFANA])).toEqual([
      'to 10.96.0.8:80 through pc-10',
      'marked in Grafana, dashboard Stress: before, during and after the load',
    ]);
    expect(grafana.asked.filter(({ what }) => what.startsWith('POST'))).toHaveLength(MARKS.length);
  });

  it('are no word where it has none', async () => {
    expect(await mark([])).toEqual([]);
  });

  it('fail nothing: it is told why they are not there', async () => {
    rmSync(join(stateDir, 'grafana-password'));
    expect(await mark([GRAFANA])).toEqual([
      'the load is not marked in Grafana: its password is on the computer that deployed the monitoring',
    ]);
    writeFileSync(join(stateDir, 'grafana-password'), 'wrong horse\n', { mode: 0o600 });
    expect((await mark([GRAFANA])).at(-1)).toBe(
      'the load is not marked in Grafana: Grafana answers 401: Invalid username or password',
    );
  });
});
