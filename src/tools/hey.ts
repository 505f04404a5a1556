import { changes, reads, withOptions, type Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import { cpuQuota } from './stress-ng.js';

/** What one step of a load asks for, and how. */
export interface HttpLoad {
  /** Its host is an address, never a name: nothing is looked up, so nothing can lead elsewhere. */
  readonly url: string;
  /** The name that the application is asked by, where that is not the address. */
  readonly host?: string;
  /** Each asks again as soon as it was answered. */
  readonly connections: number;
  readonly seconds: number;
  /** The addresses and ranges that it may reach at all. */
  readonly inside: readonly string[];
}

/** The transient unit's name: one load at a time on a machine. */
export const LOAD_UNIT = 'kmon-load.service';

/** systemd makes it for the unit, and removes it when the unit ends, however it does. */
const FOLDER = '/run/kmon-load';

/** A request that is not answered so long is an error. */
export const ANSWER_SECONDS = 10;

/** For how long the report waits to be fetched, if anybody is still there who would. */
const LINGER_SECONDS = 30;

/** How long the generator has for its report, behind the last answer. */
const GRACE_SECONDS = 10;

/** From the start of a load on, it has ended and been reported by then, or never will. */
export function reportedWithin(seconds: number): number {
  return seconds + ANSWER_SECONDS + GRACE_SECONDS;
}

/**
 * A line a value, by the generator's own template language: beside the summary for people it knows CSV of all requests, which may be a million.
 * `kept`: it reckons its percentiles from these answers, the first million.
 */
const REPORT = [
  'seconds {{.Total.Seconds}}',
  'requests {{.NumRes}}',
  'kept {{len .Lats}}',
  '{{range .LatencyDistribution}}percentile {{.Percentage}} {{.Latency}}',
  '{{end}}{{range $code, $n := .StatusCodeDist}}status {{$code}} {{$n}}',
  '{{end}}{{range $because, $n := .ErrorDist}}error {{$n}} {{$because}}',
  '{{end}}',
].join('\n');

/** Errors name the port of this end, so that each would be one of its own. */
const MERGE = String.raw`/^error [0-9]/ { n = $2; sub(/^error [0-9]+ /, ""); gsub(/[0-9.]+:[0-9]+->/, ""); many[$0] += n; next } { print } END { for (e in many) print "error", many[e], e }`;

/**
 * Starts one step of a load and returns. Every connection asks, and asks again when it was answered. It ends by itself, by the generator's own
 * deadline, and should that fail by systemd's, whether or not anybody is still connected; a load that runs already is replaced. Redirects are not
 * followed, certificates not checked. The kernel keeps it to `inside` where it can (control groups with BPF); elsewhere the address of `url` does.
 *
 * It runs as nobody, gets at most all processors but a fifth of one, and leaves nothing: unit and report are gone half a minute behind the end.
 *
 * @param program Absolute path of hey there.
 * @param cpus Processors of the machine.
 */
export function startHttpLoad(program: string, cpus: number, load: HttpLoad): Command<'changes'> {
  const properties = [
    // Only this type reports that the program cannot be run.
    'Type=exec',
    'User=nobody',
    'NoNewPrivileges=yes',
    'RuntimeDirectory=kmon-load',
    'RuntimeDirectoryMode=0755',
    `RuntimeMaxSec=${reportedWithin(load.seconds) + LINGER_SECONDS}`,
    'TimeoutStopSec=5',
    'CPUAccounting=yes',
    `CPUQuota=${generatorQuota(cpus)}%`,
    'CPUWeight=50',
    'OOMScoreAdjust=900',
    'LimitNOFILE=4096',
    'IPAddressDeny=any',
    ...load.inside.map((range) => `IPAddressAllow=${range}`),
  ].flatMap((property) => ['-p', property]);
  const { script } = changes`cd ${FOLDER} || exit 1
${program} -z ${`${load.seconds}s`} -c ${load.connections} ${heyOptions(load)} -o ${REPORT} ${load.url} >raw 2>said
code=$?
{ echo "exit $code"; awk ${MERGE} raw; sed 's/^/said /' said; } >fresh
mv fresh report
exec sleep ${LINGER_SECONDS}`;
  return changes`${stopHttpLoad()}
systemd-run --quiet --collect --unit ${LOAD_UNIT} --description ${'kmon: HTTP load'} ${properties} sh -c ${script}`;
}

/** Ends the load at once; fine when there is none. Fails when it goes on all the same. */
export function stopHttpLoad(): Command<'changes'> {
  return changes`systemctl stop ${LOAD_UNIT} 2>/dev/null || ! systemctl is-active --quiet ${LOAD_UNIT}`;
}

/** Asks once, with one connection, in a quarter of a minute at most; see `parseHttpReport`. */
export function askOnce(program: string, load: Pick<HttpLoad, 'url' | 'host'>): Command<'reads'> {
  return withOptions(
    reads`said=$(timeout ${ANSWER_SECONDS + 5} ${program} -n 1 -c 1 ${heyOptions(load)} -o ${REPORT} ${load.url} 2>&1); echo "exit $?"; printf '%s\n' "$said"`,
    { ok: 'any' },
  );
}

/** Asks how the load is going; see `parseHttpLoadState`. */
export function httpLoadState(): Command<'reads'> {
  return withOptions(
    reads`systemctl show ${LOAD_UNIT} -p ActiveState -p CPUUsageNSec; cat ${`${FOLDER}/report`} 2>/dev/null`,
    { ok: 'any' },
  );
}

function heyOptions({ host }: Pick<HttpLoad, 'host'>): readonly (string | number)[] {
  return [...['-t', ANSWER_SECONDS], '-disable-redirects', ...(host === undefined ? [] : ['-host', host])];
}

/** What the generator may have of the processors, in percent of one. */
function generatorQuota(cpus: number): number {
  return cpuQuota(cpus, 100);
}

/** What a generator that has used so many processor seconds had of what it may have, in percent; absent: not known. */
export function generatorShare(cpus: number, cpuSeconds: number, seconds: number): number {
  return (100 * cpuSeconds) / ((generatorQuota(cpus) / 100) * seconds);
}

/** What became of one step, in the generator's own numbers. */
export interface HttpReport {
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly requests: number;
  /** Answers, whatever their status. */
  readonly answered: number;
  /** In milliseconds; absent where there were too few answers for it. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** How many answers these percentiles are of. */
  readonly kept: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer, by why; the most frequent first. */
  readonly errors: readonly { readonly because: string; readonly count: number }[];
}

/** `failed`: the generator gave no report, and this is what it said instead. */
export type HttpOutcome =
  | { readonly kind: 'report'; readonly report: HttpReport }
  | { readonly kind: 'failed'; readonly said: string };

export interface HttpLoadState {
  /** The unit is there, be it that its report only waits to be fetched. */
  readonly running: boolean;
  /** Processor time used so far, in seconds; absent when systemd does not count it. */
  readonly cpuSeconds?: number;
  /** Absent until the load has ended. */
  readonly outcome?: HttpOutcome;
}

/** A machine without systemd, or with an answer of another kind, runs no load of kmon. */
export function parseHttpLoadState(result: ExecResult): HttpLoadState {
  const value = (name: string): string =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(result.stdout)?.[1]?.trim() ?? '';
  const nanoseconds = value('CPUUsageNSec');
  const report = /^exit \d+$/m.exec(result.stdout);
  return {
    running: ['active', 'activating', 'deactivating'].includes(value('ActiveState')),
    // "[not set]", or the largest number of 64 bits in older versions.
    ...(/^\d{1,18}$/.test(nanoseconds) ? { cpuSeconds: Number(nanoseconds) / 1e9 } : {}),
    ...(report === null ? {} : { outcome: parseHttpReport(result.stdout.slice(report.index)) }),
  };
}

/** The report of a load, or of `askOnce`, as the machine gives it. */
export function parseHttpReport(text: string): HttpOutcome {
  const lines = text.split('\n');
  const of = (word: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  const number = (word: string): number => Number(of(word)[0] ?? NaN);
  const [seconds, requests, kept] = [number('seconds'), number('requests'), number('kept')];
  if (of('exit')[0] !== '0' || ![seconds, requests, kept].every((n) => Number.isFinite(n) && n >= 0))
    return { kind: 'failed', said: saidIn(lines) };
  const errors = errorsIn(of('error'));
  const answered = requests - errors.reduce((sum, e) => sum + e.count, 0);
  const percentile = (wanted: number): number | undefined => {
    const found = of('percentile').find((line) => line.startsWith(`${wanted} `));
    // It prints 0 for what it has too few answers for.
    const at = Number(found?.split(' ')[1] ?? 0);
    return at > 0 && Number.isFinite(at) ? at * 1000 : undefined;
  };
  const [p50Ms, p95Ms, p99Ms] = [percentile(50), percentile(95), percentile(99)];
  return {
    kind: 'report',
    report: {
      ...{ seconds, requests, answered: Math.max(0, answered), kept },
      ...(p50Ms === undefined ? {} : { p50Ms }),
      ...(p95Ms === undefined ? {} : { p95Ms }),
      ...(p99Ms === undefined ? {} : { p99Ms }),
      statuses: Object.fromEntries(
        of('status').flatMap((line) => {
          const [, status, count] = /^(\d{3}) (\d+)$/.exec(line) ?? [];
          return status === undefined ? [] : [[status, Number(count)] as const];
        }),
      ),
      errors,
    },
  };
}

function errorsIn(lines: readonly string[]): HttpReport['errors'] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const [, count, words = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
    if (count === undefined) continue;
    const because = reasonIn(words);
    counts.set(because, (counts.get(because) ?? 0) + Number(count));
  }
  return [...counts]
    .map(([because, count]) => ({ because, count }))
    .toSorted((a, b) => b.count - a.count || (a.because < b.because ? -1 : 1));
}

/** `Get "http://10.96.0.9:80/": dial tcp 10.96.0.9:80: connect: connection refused` → "connection refused". */
function reasonIn(words: string): string {
  if (/Client\.Timeout|deadline exceeded|i\/o timeout/.test(words))
    return `no answer within ${ANSWER_SECONDS} s`;
  const said = words
    .replace(/^\w+ "[^"]*": /, '')
    .replace(/^(?:dial|read|write) tcp \S+: /, '')
    .replace(/^(?:connect|read|write): /, '');
  return said === 'EOF' ? 'the connection was closed' : said.trim() || 'no reason given';
}

function saidIn(lines: readonly string[]): string {
  const said = lines.flatMap((line) => (line.startsWith('said ') ? [line.slice(5).trim()] : []));
  const other = lines.filter((line) => !line.startsWith('exit ') && line.trim() !== '');
  return (said.find((line) => line !== '') ?? other[0] ?? '').slice(0, 200);
}
