import type { LoadModel } from './phase.js';

export const constant: LoadModel = {
  name: 'constant',
  does: 'stays the same from the beginning to the end',
  usesCpu: true,
  phases: ({ cpuPercent, seconds }) => [{ seconds, cpuPercent }],
};
