import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

const LABS = ['test/room/{check,cli}/**/*.test.ts'];
/**
 * As many machines as a computer can hold beside no others, since each systemd takes some of the 128 inotify instances that a user may have;
 * and what measures how long something takes.
 */
const ALONE = ['test/room/check/sixteen.test.ts', 'test/room/bench.test.ts'];

/** What takes longest, and so begins first: otherwise it would go on alone when everything else is done. */
const LONGEST = [
  'unit/resources/half-way',
  'unit/resources/half-way-system',
  'room/cli/cli',
  'room/check/fix',
  'room/check/static-address',
  'room/check/network',
  'room/check/static-address-killed',
  'room/check/machines',
  'room/check/network-left-open',
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
          // Vitest would keep one processor free for somebody who watches.
          maxWorkers: availableParallelism(),
          // Five seconds are little where other suites run beside it.
          testTimeout: 30_000,
        },
      },
      // Real sshd servers and users of this computer: one after the other.
      {
        test: {
          name: 'room',
          include: ['test/room/**/*.test.ts'],
          exclude: [...LABS, ...ALONE],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      // Each file has a lab of its own, with time for apt. Much of it is waiting, so several go at once.
      {
        test: {
          name: 'room-labs',
          include: LABS,
          exclude: ALONE,
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
      // A real kubeadm cluster.
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 1_200_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
