import { describe } from 'vitest';
import { derivatives } from './derivatives.js';
import { failedChanges } from './failed-changes.js';
import { obstacles } from './obstacles.js';
import { oneLab } from './one-lab.js';

describe('kmon on real machines that are not as it would like them', () => {
  const lab = oneLab();
  obstacles(lab);
  derivatives(lab);
  failedChanges(lab);
});
