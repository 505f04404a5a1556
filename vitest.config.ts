import { defineConfig } from 'vitest/config';

const LABS = ['test/room/{check,cli}/**/*.test.ts'];
/** As many machines as a computer can hold beside no others: each systemd takes some of the 128 inotify instances that a user may have. */
const BIG_LABS = ['test/room/check/sixteen.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], restoreMocks: true } },
      // Real sshd servers and users of this computer: one after the other.
      {
        test: {
          name: 'room',
          include: ['test/room/**/*.test.ts'],
          exclude: LABS,
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
          exclude: BIG_LABS,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'room-big-labs',
          include: BIG_LABS,
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
