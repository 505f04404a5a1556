import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topLooks } from '../../../src/stages/cluster/top.js';
import { inOrder } from '../../../src/observe/room-top.js';
import { liveRunner } from '../../../src/runner/live.js';
import { FullScreen } from '../../../src/ui/full-screen.js';
import { createTheme } from '../../../src/ui/theme.js';
import { topFrame } from '../../../src/ui/top-frame.js';
import { testPool } from '../../support/open-ssh.js';
import type { TestPool } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { Sshd } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import type { TestUser } from '../../support/users.js';
import { sampleConfig } from '../../support/sample-room.js';

const CHILDREN = 64;
const SECONDS = 20;
const COLUMNS = 200;

const children = Array.from({ length: CHILDREN }, (_, i) => ({
  name: `pc-${100 + i}`,
  address: `192.0.2.${i + 20}`,
  role: 'child' as const,
  ...(i % 2 === 0 ? { team: 'red' } : {}),
}));
const names = ['pc-10', ...children.map((c) => c.name)];

/** As Prometheus answers, with every label that kmon's configuration gives a machine. */
function answers(): { readonly now: string; readonly past: string; readonly targets: string } {
  const at = 1_795_000_000;
  const labels = (query: string, node: string): object => ({
    __name__: 'node_load1',
    instance: node,
    job: 'node-exporter',
    kmon_query: query,
    node,
    role: 'child',
    team: 'red',
  });
  const queries = [
    'cpuRead',
    'memoryRead',
    'load1Read',
    'temperature',
    'temperatureRead',
    'received',
    'sent',
  ];
  const values = names.flatMap((node, i) => [
    { metric: labels('up', node), value: [at, i % 20 === 5 ? '0' : '1'] },
    ...queries.map((query, j) => ({
      metric: labels(query, node),
      value: [at, String((i * 7.123456789012 + j * 13.3) % 100)],
    })),
  ]);
  const series = names.flatMap((node) =>
    ['cpu', 'temperature', 'received', 'sent'].map((query) => ({
      metric: labels(query, node),
      values: Array.from({ length: 30 }, (_, i) => [at - 150 + 5 * i, String(i * 3.1415926)]),
    })),
  );
  const targets = names.map((node, i) => ({
    labels: { job: 'node-exporter', node, instance: node },
    discoveredLabels: {
      __address__: node,
      __metrics_path__: '/metrics',
      __scheme__: 'http',
      job: 'node-exporter',
    },
    scrapeUrl: `http://${node}:9100/metrics`,
    health: i % 20 === 5 ? 'down' : 'up',
    lastError: i % 20 === 5 ? 'context deadline exceeded' : '',
  }));
  const text = (data: object): string => JSON.stringify({ status: 'success', data });
  return {
    now: text({ resultType: 'vector', result: values }),
    past: text({ resultType: 'matrix', result: series }),
    targets: text({ activeTargets: targets }),
  };
}

// A real SSH connection, a real login shell, and a stand-in for kubectl that says what a class of 64 would.
describe('kmon top in a class of 64', () => {
  let sshd: Sshd;
  let user: TestUser;
  let pool: TestPool;
  const folders: string[] = [];
  const folder = (name: string): string => {
    const made = temporaryFolder(name);
    folders.push(made);
    return made;
  };

  beforeAll(async () => {
    user = makeUser();
    sshd = await startSshd();
    const key = makeKey(folder('keys'), 'key');
    sshd.authorize(user.name, key.publicKey);
    const login = { host: '127.0.0.1', port: sshd.port, user: user.name, keyFile: key.file };
    pool = testPool({ home: folder('home'), logins: { 'pc-10': login } });
  });
  afterAll(async () => {
    await pool.close();
    await sshd.stop();
    user.remove();
    for (const made of folders) rmSync(made, { recursive: true });
  });

  it('takes less than a tenth of one core at a refresh a second', async () => {
    const at = folder('kubectl');
    chmodSync(at, 0o755);
    for (const [name, text] of Object.entries(answers())) writeFileSync(join(at, name), text);
    writeFileSync(join(at, 'pods'), `{"nodeName":"pc-10"}`);
    writeFileSync(
      join(at, 'kubectl'),
      `#!/bin/sh
case $* in
*/pods*) cat ${at}/pods ;;
*targets*) cat ${at}/targets ;;
*'%3A5s%5D') cat ${at}/past ;;
*) cat ${at}/now ;;
esac
`,
      { mode: 0o755 },
    );
    const { room, ...rest } = sampleConfig();
    const config = { ...rest, room: { ...room, children } };
    const runner = liveRunner({
      machine: 'pc-10',
      transport: pool.transport('pc-10'),
      sudo: { mode: 'user' },
    });
    const kubectl = { binary: join(at, 'kubectl'), kubeconfig: '/nowhere' };
    const looks = topLooks(
      { machine: 'pc-10', kubectl, helm: kubectl, query: (command) => runner.query(command) },
      config,
    );
    let written = 0;
    const stream = { columns: COLUMNS, rows: 70, write: (text: string) => (written += text.length) > 0 };
    const screen = new FullScreen(stream as unknown as NodeJS.WriteStream);
    const theme = createTheme(true);
    const refresh = async (): Promise<void> => {
      const seen = await looks.look();
      if (seen.kind === 'silent') throw new Error(seen.because);
      const rows = inOrder(seen.rows, 'cpu');
      const picture = { room: 'class', rows, at: seen.at, pastOf: (name: string) => looks.past.of(name) };
      const lines = topFrame(picture, screen.size, theme);
      expect(lines.length).toBeGreaterThan(CHILDREN);
      screen.draw(lines);
    };
    // What is loaded once, and the first look with all that was until now, is the start and not the pace.
    await refresh();
    await refresh();
    expect(looks.past.of('pc-163').cpu.filter((v) => v !== undefined)).toHaveLength(30);

    const before = process.cpuUsage();
    const began = performance.now();
    for (let second = 1; second <= SECONDS; second += 1) {
      await refresh();
      await delay(Math.max(0, began + second * 1000 - performance.now()));
    }
    const { user: inUser, system } = process.cpuUsage(before);
    const share = (inUser + system) / 1000 / (performance.now() - began);
    process.stderr.write(
      `kmon top, ${CHILDREN} children, a refresh a second: ${(share * 100).toFixed(1)} % of a core, ${Math.round(written / (SECONDS + 2) / 1024)} KiB drawn each\n`,
    );
    expect(written).toBeGreaterThan(SECONDS * 5000);
    expect(share).toBeLessThan(0.1);
  });
});
