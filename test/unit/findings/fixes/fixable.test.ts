import { describe, expect, it } from 'vitest';
import { codesToFix, FIXABLE_CODES, isFixedUnasked } from '../../../../src/findings/fixes/fixable.js';
import { KmonError } from '../../../../src/errors/kmon-error.js';

describe('what --fix is asked for', () => {
  it('is everything but what changes how a machine is reached when nothing is named', () => {
    expect(codesToFix([])).not.toContain('K-LEASE');
    expect([...codesToFix([]), 'K-LEASE'].toSorted()).toEqual([...FIXABLE_CODES].toSorted());
    expect(isFixedUnasked('K-FIREWALL')).toBe(true);
    expect(isFixedUnasked('K-LEASE')).toBe(false);
    expect(isFixedUnasked('K-DISK')).toBe(false);
  });

  it('is what is named, however it is written', () => {
    expect(codesToFix(['k-lease', 'K-CLOCK', 'K-CLOCK'])).toEqual(['K-LEASE', 'K-CLOCK']);
  });

  it.each([
    [['K-FIREWAL'], '--fix names K-FIREWAL, which is no code (did you mean K-FIREWALL?)'],
    [['clock'], '--fix names CLOCK, which is no code (did you mean K-CLOCK?)'],
    [['K-DISK', 'K-CLOCK'], '--fix names K-DISK, which a person must see to'],
    [['x', 'K-DISK'], '--fix names X, which is no code; K-DISK, which a person must see to'],
  ])('refuses %j', (codes, message) => {
    const refused = (): unknown => codesToFix(codes);
    expect(refused).toThrow(KmonError);
    expect(refused).toThrow(message);
    try {
      refused();
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage', hint: `choose among: ${FIXABLE_CODES.join(', ')}` });
    }
  });
});
