import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { notAsItWas, snapshotsOf } from '../as-it-was.js';
import type { Snapshots } from '../as-it-was.js';
import { ranInside } from '../inside.js';
import { readLedgerText } from './ledger.js';
import type { LedgerSeen } from './ledger.js';
import type { Changing, Line } from './point.js';
import { strike } from './strike.js';
import type { Struck, StrikeOptions } from './strike.js';

const run = promisify(execFile);

export interface CrashRoomOptions {
  /** The folder of this project. */
  readonly project: string;
  /** What `scripts/bundle/build` prints. */
  readonly bundle: string;
  /** Name of the lab. */
  readonly lab: string;
  /** Longest time for one run of kmon. */
  readonly limitMs: number;
  /** Ends what is struck just now; the room is still to be closed. */
  readonly signal: AbortSignal;
}

export const MACHINES = ['parent', 'child-1'] as const;
export type Name = (typeof MACHINES)[number];

const LEDGER = '/var/lib/kmon/ledger.jsonl';
const KUBECTL = 'HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
/** What is made once and stays. */
const KINDS = [
  ...['configmaps', 'secrets', 'serviceaccounts', 'services', 'namespaces', 'nodes'].map(
    (k) => `/api/v1/${k}`,
  ),
  ...['daemonsets', 'deployments'].map((k) => `/apis/apps/v1/${k}`),
  ...['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map((k) => `${RBAC}/${k}`),
];
const MOST_OUTPUT = 1 << 28;

/** A lab of one parent and one child with a real cluster, and what can be seen of it without kmon. */
export class CrashRoom {
  private readonly kmon: string;
  private readonly o: CrashRoomOptions;
  private readonly folder: string;
  /** As the machines were before kmon came. */
  private before: Snapshots = new Map();

  private constructor(o: CrashRoomOptions, folder: string) {
    this.o = o;
    this.folder = folder;
    this.kmon = join(o.project, 'bin/kmon.js');
  }

  /** Makes the lab. Whoever opened it closes it. */
  static async open(o: CrashRoomOptions): Promise<CrashRoom> {
    const room = new CrashRoom(o, await mkdtemp(join(tmpdir(), 'kmon-crash-')));
    try {
      await room.make();
      return room;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    try {
      await this.lab('down');
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** New machines for old ones that were not given back. */
  async remake(): Promise<void> {
    await this.lab('down');
    await this.make();
  }

  strike(
    command: Changing,
    points: StrikeOptions['points'],
    moment?: StrikeOptions['moment'],
  ): Promise<Struck> {
    return strike({
      kmon: this.kmon,
      folder: this.folder,
      args: command === 'up' ? ['up'] : ['teardown', '--yes', '--room', this.o.lab],
      command,
      points,
      ...(moment === undefined ? {} : { moment }),
      limitMs: this.o.limitMs,
      signal: this.o.signal,
      holds: async (machine, test, signal) => {
        const look = `until ${test}; do sleep 0.05; done >/dev/null 2>&1`;
        // It has an end of its own: in the machine it outlives the one who asked.
        await ranInside('podman', this.container(machine), ['timeout', '60', 'sh', '-c', look], { signal });
      },
      pullCable: async (machine) => {
        await this.lab('link', machine, 'down');
        return () => this.lab('link', machine, 'up');
      },
    });
  }

  async ledger(machine: Name): Promise<LedgerSeen> {
    return readLedgerText(await this.inMachine(machine, `if [ -e ${LEDGER} ]; then cat ${LEDGER}; fi`));
  }

  /** The machines that kmon itself says are not ready or not measured. */
  async notReady(): Promise<readonly string[]> {
    const { lines } = await this.runKmon('status', '--json');
    const rows = lines.find((line) => line['type'] === 'result')?.['data'] as readonly Line[] | undefined;
    if (rows?.length !== MACHINES.length) return ['status tells of other machines'];
    return rows
      .filter((row) => row['kubernetes'] !== 'ready' || typeof row['cpuPercent'] !== 'number')
      .map(
        (row) =>
          `${String(row['machine'])} is ${String(row['kubernetes'])}, CPU ${String(row['cpuPercent'])}`,
      );
  }

  /**
   * Everything in the cluster that is made once and stays, by name, without what chance named and without tokens that end by themselves: two
   * clusters that were made in the same way are equal.
   */
  async shape(): Promise<readonly string[]> {
    // Not by name of the kind: kubectl would learn all kinds anew for each question, which takes a minute.
    const questions = KINDS.map((path) => `${KUBECTL} get --raw ${path} && echo`);
    const text = await this.inMachine('parent', questions.join(' && '));
    const lists = text.split('\n').filter((line) => line !== '');
    return [...new Set(lists.flatMap((line) => namesIn(JSON.parse(line) as List)))].toSorted();
  }

  /** By machine, what is otherwise than before kmon came; empty: as found. */
  async notAsFound(): Promise<readonly string[]> {
    return notAsItWas(this.before, await this.snapshots());
  }

  private async make(): Promise<void> {
    await this.lab('up', '--children', '1', '--bundle', this.o.bundle);
    this.before = await this.snapshots();
  }

  private async snapshots(): Promise<Snapshots> {
    const script = await readFile(join(this.o.project, 'scripts/snapshot'), 'utf8');
    return snapshotsOf(
      MACHINES.map((name) => ({ name, snapshot: () => this.inMachine(name, 'sh -s', script) })),
    );
  }

  private async lab(...args: readonly string[]): Promise<void> {
    await run(process.execPath, [this.kmon, 'lab', ...args, '--name', this.o.lab, '--plain'], {
      cwd: this.folder,
      maxBuffer: MOST_OUTPUT,
    });
  }

  private async runKmon(...args: readonly string[]): Promise<{ readonly lines: readonly Line[] }> {
    const ran = await run(process.execPath, [this.kmon, ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: this.folder },
      maxBuffer: MOST_OUTPUT,
      timeout: this.o.limitMs,
    }).catch((error: unknown) => error as { readonly stdout: string });
    const lines = ran.stdout.split('\n').filter((line) => line !== '');
    return { lines: lines.map((line) => JSON.parse(line) as Line) };
  }

  private container(machine: string): string {
    return `kmon-${this.o.lab}-${machine}`;
  }

  private inMachine(machine: Name, command: string, input = ''): Promise<string> {
    return ranInside('podman', this.container(machine), ['sh', '-c', command], { input });
  }
}

/** As the API server lists one kind. */
interface List {
  readonly kind: string;
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly namespace?: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
    readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
  }[];
}

/** Taints that the cluster itself gives and takes, some moments after a node is Ready. */
const PASSING = /^node\.kubernetes\.io\//;

function namesIn({ kind, items }: List): readonly string[] {
  const one = kind.replace(/List$/, '');
  return items
    .map(({ metadata: { name, namespace, labels }, spec }) => {
      const more =
        one === 'Node'
          ? [
              ...Object.keys(labels ?? {}),
              ...(spec?.taints ?? []).map((t) => t.key).filter((key) => !PASSING.test(key)),
            ]
          : [];
      return [one, namespace, name, ...more.toSorted()].filter((x) => x !== undefined).join(' ');
    })
    .filter((line) => !line.startsWith('Secret kube-system bootstrap-token-'))
    .map((line) =>
      line.replace(/-token-[a-z0-9]{5}$/, '-token').replace(/(helm\.release\.v1\.\S+)\.v\d+$/, '$1'),
    );
}
