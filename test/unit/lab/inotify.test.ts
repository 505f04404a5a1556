import { describe, expect, it } from 'vitest';
import { inotifyWarning } from '../../../src/lab/inotify.js';

describe('inotifyWarning', () => {
  it('speaks when there are too few for so many machines', () => {
    expect(inotifyWarning(27, 128)).toMatch(
      /^27 machines need about 162 inotify instances, and this computer gives 128: /,
    );
  });

  it.each([
    [21, 128],
    [27, 8192],
    [99, undefined],
  ])('is silent for %i machines and %s', (machines, instances) => {
    expect(inotifyWarning(machines, instances)).toBeUndefined();
  });
});
