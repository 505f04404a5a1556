import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  askOnce,
  generatorShare,
  httpLoadState,
  parseHttpLoadState,
  parseHttpReport,
  reportedWithin,
  startHttpLoad,
  stopHttpLoad,
} from '../../../src/tools/hey.js';
import { result } from './results.js';
import { assertShellSyntax } from './shell-syntax.js';

const load = {
  url: 'http://10.96.0.9/',
  host: 'web.red',
  connections: 50,
  seconds: 30,
  inside: ['192.0.2.10', '10.244.0.0/16'],
};

/** The words of the command line that starts the unit. */
function wordsOf(script: string, folder = '/tmp'): readonly string[] {
  const program = join(folder, 'systemd-run');
  writeFileSync(program, '#!/bin/sh\nprintf "%s\\0" "$@"\n', { mode: 0o755 });
  writeFileSync(join(folder, 'systemctl'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).split('\0');
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'kmon-hey-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

describe('the commands of a load', () => {
  it('start a unit that ends by itself, as nobody, and may reach the room alone', () => {
    const command = startHttpLoad('/usr/bin/hey', 2, load);
    expect(command.effect).toBe('changes');
    assertShellSyntax(command);
    const words = wordsOf(command.script, folder());
    expect(words.slice(0, words.indexOf('sh')).join(' ')).toBe(
      '--quiet --collect --unit kmon-load.service --description kmon: HTTP load -p Type=exec -p User=nobody -p NoNewPrivileges=yes' +
        ' -p RuntimeDirectory=kmon-load -p RuntimeDirectoryMode=0755 -p RuntimeMaxSec=80 -p TimeoutStopSec=5 -p CPUAccounting=yes' +
        ' -p CPUQuota=180% -p CPUWeight=50 -p OOMScoreAdjust=900 -p LimitNOFILE=4096 -p IPAddressDeny=any' +
        ' -p IPAddressAllow=192.0.2.10 -p IPAddressAllow=10.244.0.0/16',
    );
    expect(reportedWithin(30)).toBe(50);
  });

  it('give hey what it is to do, and nothing that systemd would read in its own way', () => {
    const words = wordsOf(startHttpLoad('/usr/bin/hey', 2, load).script, folder());
    const [, inner = ''] = words.slice(words.indexOf('sh') + 1);
    expect(inner).toContain('/usr/bin/hey -z 30s -c 50 -t 10 -disable-redirects -host web.red -o');
    expect(inner).toMatch(/ http:\/\/10\.96\.0\.9\/ >raw 2>said$/m);
    // systemd puts values there in whatever place of a word; `$name` only where it is a word.
    expect(inner).not.toContain('${');
    expect(startHttpLoad('/usr/bin/hey', 2, { ...load, url: 'http://192.0.2.10:8080/' }).script).toContain(
      'http://192.0.2.10:8080/',
    );
  });

  it.each([
    ['a quote and a command in the path', "http://10.96.0.9/a'b;id?x=$(id)`id`&y=%22"],
    ['what sh and awk would read', 'http://10.96.0.9/$HOME/\\1{{.Total}}*?'],
  ])('keep %s one word', (_, url) => {
    const where = folder();
    const said = join(where, 'hey-was-given');
    const hey = join(where, 'hey');
    writeFileSync(hey, `#!/bin/sh\nfor word; do last=$word; done\nprintf '%s' "$last" >'${said}'\n`, {
      mode: 0o755,
    });
    const command = startHttpLoad(hey, 2, { ...load, url, host: "o'host" });
    assertShellSyntax(command);
    const words = wordsOf(command.script, where);
    const [, inner = ''] = words.slice(words.indexOf('sh') + 1);
    execFileSync('sh', ['-c', inner.replace('/run/kmon-load', where).replace('exec sleep 30', '')]);
    expect(readFileSync(said, 'utf8')).toBe(url);
  });

  it('merge the errors that differ by a port of this end only, and say how it ended', () => {
    const where = folder();
    const hey = join(where, 'hey');
    const printed = [
      'seconds 2.5',
      'requests 10',
      'kept 3',
      'status 200 3',
      'error 2 Get "http://10.96.0.9/": read tcp 192.0.2.10:40001->10.96.0.9:80: read: connection reset by peer',
      'error 3 Get "http://10.96.0.9/": read tcp 192.0.2.10:40002->10.96.0.9:80: read: connection reset by peer',
      'error 2 Get "http://10.96.0.9/": EOF',
    ];
    writeFileSync(hey, `#!/bin/sh\ncat <<'end'\n${printed.join('\n')}\nend\n`, { mode: 0o755 });
    const words = wordsOf(startHttpLoad(hey, 2, load).script, where);
    const [, inner = ''] = words.slice(words.indexOf('sh') + 1);
    execFileSync('sh', ['-c', inner.replace('/run/kmon-load', where).replace('exec sleep 30', '')]);
    const report = readFileSync(join(where, 'report'), 'utf8');
    expect(report.match(/^error /gm)).toHaveLength(2);
    expect(parseHttpReport(report)).toMatchObject({
      kind: 'report',
      report: {
        ...{ seconds: 2.5, requests: 10, answered: 3, kept: 3, statuses: { 200: 3 } },
        errors: [
          { because: 'connection reset by peer', count: 5 },
          { because: 'the connection was closed', count: 2 },
        ],
      },
    });
  });

  it('stop, look and ask once', () => {
    for (const command of [stopHttpLoad(), httpLoadState(), askOnce('/usr/bin/hey', load)])
      assertShellSyntax(command);
    expect(httpLoadState().effect).toBe('reads');
    expect(askOnce('/usr/bin/hey', load).script).toContain('timeout 15 /usr/bin/hey -n 1 -c 1 -t 10');
  });
});

const whole = [
  'exit 0',
  'seconds 30.003',
  'requests 4213',
  'kept 4213',
  'percentile 10 0.002419837',
  'percentile 25 0.003',
  'percentile 50 0.004111875',
  'percentile 75 0.005',
  'percentile 90 0.007',
  'percentile 95 8.1e-05',
  'percentile 99 0.011100826',
  'status 200 4200',
  'status 503 13',
  '',
];

describe('the report of a load', () => {
  it('is what the generator says', () => {
    expect(parseHttpReport(whole.join('\n'))).toEqual({
      kind: 'report',
      report: {
        ...{ seconds: 30.003, requests: 4213, answered: 4213, kept: 4213 },
        ...{ p50Ms: 4.111875, p95Ms: 0.081, p99Ms: 11.100826 },
        ...{ statuses: { 200: 4200, 503: 13 }, errors: [] },
      },
    });
  });

  it.each([
    ['refused', 'dial tcp 10.96.0.9:80: connect: connection refused', 'connection refused'],
    ['no route', 'dial tcp 10.96.0.9:80: connect: no route to host', 'no route to host'],
    [
      'no answer to a request',
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'no answer within 10 s',
    ],
    ['no answer to a connection', 'dial tcp 10.96.0.9:80: i/o timeout', 'no answer within 10 s'],
    [
      'not allowed by the kernel',
      'dial tcp 192.0.2.1:80: connect: operation not permitted',
      'operation not permitted',
    ],
    ['closed', 'EOF', 'the connection was closed'],
    [
      'no TLS',
      'http: server gave HTTP response to HTTPS client',
      'http: server gave HTTP response to HTTPS client',
    ],
    ['nothing', '', 'no reason given'],
  ])('says of an error why: %s', (_, words, because) => {
    const lines = [
      'exit 0',
      'seconds 3',
      'requests 7',
      'kept 0',
      `error 7 Get "http://10.96.0.9/": ${words}`,
    ];
    expect(parseHttpReport(lines.join('\n'))).toEqual({
      kind: 'report',
      report: {
        ...{ seconds: 3, requests: 7, answered: 0, kept: 0 },
        ...{ statuses: {}, errors: [{ because, count: 7 }] },
      },
    });
  });

  it('adds errors of one reason up, the most frequent first', () => {
    const lines = [
      ...['exit 0', 'seconds 3', 'requests 9', 'kept 1', 'status 200 1'],
      'error 1 Get "http://a/": EOF',
      'error 3 Get "http://a/": dial tcp a:80: i/o timeout',
      'error 4 Post "http://a/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ];
    expect(parseHttpReport(lines.join('\n'))).toMatchObject({
      report: {
        answered: 1,
        errors: [
          { because: 'no answer within 10 s', count: 7 },
          { because: 'the connection was closed', count: 1 },
        ],
      },
    });
  });

  it('has no percentile that too few answers were there for', () => {
    const few = [
      'exit 0',
      'seconds 1',
      'requests 2',
      'kept 2',
      'percentile 50 0.1',
      'percentile 0 0',
      'status 200 2',
    ];
    expect(parseHttpReport(few.join('\n'))).toEqual({
      kind: 'report',
      report: {
        ...{ seconds: 1, requests: 2, answered: 2, kept: 2, p50Ms: 100 },
        ...{ statuses: { 200: 2 }, errors: [] },
      },
    });
  });

  it.each([
    ['another exit', ['exit 1', 'said bad flag'], 'bad flag'],
    ['ended by a deadline', ['exit 124', ''], ''],
    ['not there', ['exit 127', 'sh: 1: /usr/bin/hey: not found'], 'sh: 1: /usr/bin/hey: not found'],
    ['nothing at all', [''], ''],
    ['half a report', ['exit 0', 'seconds 1'], 'seconds 1'],
    ['no numbers', ['exit 0', 'seconds x', 'requests NaN', 'kept -1'], 'seconds x'],
  ])('is none: %s', (_, lines, said) => {
    expect(parseHttpReport(lines.join('\n'))).toEqual({ kind: 'failed', said });
  });
});

describe('how a load is going', () => {
  it.each([
    ['ActiveState=active\nCPUUsageNSec=2500000000\n', { running: true, cpuSeconds: 2.5 }],
    ['ActiveState=inactive\nCPUUsageNSec=[not set]\n', { running: false }],
    ['ActiveState=active\nCPUUsageNSec=18446744073709551615\n', { running: true }],
    ['', { running: false }],
  ])('%j', (stdout, state) => {
    expect(parseHttpLoadState(result(stdout))).toEqual(state);
  });

  it('has its report behind its state', () => {
    const stdout = `ActiveState=active\nCPUUsageNSec=2500000000\n${whole.join('\n')}`;
    const state = parseHttpLoadState(result(stdout));
    expect(state).toMatchObject({ running: true, cpuSeconds: 2.5, outcome: { report: { requests: 4213 } } });
  });
});

it('knows when the machine that asks is at its own limit', () => {
  // Two processors less a fifth of one.
  expect(generatorShare(2, 54, 30)).toBeCloseTo(100);
  expect(generatorShare(4, 19, 10)).toBeCloseTo(50);
});
