import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** What takes users, sshd servers and their ports from this computer. */
const ON_THIS_COMPUTER = ['test/room/transport/**/*.test.ts'];
/**
 * As many machines as a computer can hold beside no others, since each systemd takes some of the 128 inotify instances that a user may have;
 * and what measures how long something takes.
 */
const ALONE = ['test/room/check/sixteen.test.ts', 'test/room/bench.test.ts'];

/**
 * How many clusters there are at a time. Three take some five gigabytes, and leave 2 % of two processors idle where two leave a fifth. They must
 * not see each other: the modules that one of them loads into the kernel would show on the machines of the other.
 */
const CLUSTERS = existsSync('/proc/modules') || totalmem() < 12e9 ? 1 : totalmem() < 20e9 ? 2 : 3;

/** What is run by a script of its own, since it takes what cannot be had everywhere, and by what that script says. */
const BY_NAME = [
  { file: 'test/cluster/networks.test.ts', asks: 'KMON_NETWORKS' },
  { file: 'test/cluster/stack-stand-in.test.ts', asks: 'KMON_STACK_CHART' },
];

/** What takes longest, and so begins first: otherwise it would go on alone when everything else is done. */
const LONGEST = [
  'unit/resources/half-way',
  'unit/resources/half-way-system',
  'room/check/static-address',
  'room/check/fix',
  'room/check/network',
  'room/cli/let-in',
  'room/cli/odd-machines',
  'room/cli/what-is-typed',
  'room/check/static-address-killed',
  'room/check/machines',
  'room/check/network-left-open',
  'cluster/bundle',
  'cluster/workshop',
  'cluster/whose',
  'cluster/stack',
  'cluster/online',
  'cluster/guests',
  'cluster/crash',
].map((name) => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((end) => moduleId.endsWith(end));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          restoreMocks: true,
          unstubEnvs: true,
          // Most files take a moment, less than a process of their own that loads kmon and its libraries anew. What a file changes of a
          // module or of its process it puts back, as the next one has the same.
          isolate: false,
          // Vitest would keep one processor free for somebody who watches.
          maxWorkers: availableParallelism(),
          // Five seconds are little where other suites run beside it.
          testTimeout: 30_000,
        },
      },
      // One after the other.
      {
        test: {
          name: 'room',
          include: ON_THIS_COMPUTER,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      // Each file has a lab of its own, with time for apt, or takes nothing that another has. Much of it is waiting, so several go at once.
      {
        test: {
          name: 'room-labs',
          include: ['test/room/**/*.test.ts'],
          exclude: [...ON_THIS_COMPUTER, ...ALONE],
          maxWorkers: 5,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'room-alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      // Real kubeadm clusters, in labs of their own. Half of the time each of them waits.
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          exclude: BY_NAME.filter(({ asks }) => process.env[asks] === undefined).map(({ file }) => file),
          maxWorkers: CLUSTERS,
          testTimeout: 1_200_000,
          hookTimeout: 1_800_000,
        },
      },
      // As a program of Windows. Run by name alone.
      {
        test: {
          name: 'windows',
          include: ['test/windows/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
