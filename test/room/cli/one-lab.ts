import { afterAll, beforeAll } from 'vitest';
import { makeLab } from '../../support/lab.js';
import type { TestLab } from '../../support/lab.js';

/**
 * A lab of a parent and two children for all tests of this `describe`: making it is the expensive part. Whatever changes a machine puts it
 * back.
 */
export function oneLab(): () => TestLab {
  let made: TestLab | undefined;
  beforeAll(async () => {
    made = await makeLab({ children: 2 });
  });
  afterAll(async () => {
    await made?.down();
  });
  return () => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
}
