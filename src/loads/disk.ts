import type { LoadModel } from './phase.js';

/** Of what is free beside what nobody may take; `MOST_BYTES` of `fit.ts` bounds it. */
export const FILE_PERCENT = 10;

export const disk: LoadModel = {
  name: 'disk',
  does: 'writes a file and reads it, again and again',
  usesCpu: false,
  phases: ({ seconds }) => [{ seconds, disk: { percent: FILE_PERCENT } }],
};
