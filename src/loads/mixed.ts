import { FILE_PERCENT } from './disk.js';
import type { LoadModel } from './phase.js';

const MEMORY_PERCENT = 25;

export const mixed: LoadModel = {
  name: 'mixed',
  does: 'takes processors, a quarter of the memory that is available and the disk at the same time',
  usesCpu: true,
  phases: ({ cpuPercent, seconds }) => [
    { seconds, cpuPercent, memory: { percent: MEMORY_PERCENT }, disk: { percent: FILE_PERCENT } },
  ],
};
