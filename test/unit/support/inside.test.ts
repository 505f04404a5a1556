import { expect, test } from 'vitest';
import { boundingSet, ran } from '../../support/inside.js';

test('a program in a lab machine gets the rights that its init has, and no others', () => {
  expect(boundingSet('Name:\tsh\nCapBnd:\t0000000000000005\nCapAmb:\t0000000000000000\n')).toBe(
    '-all,+cap_0,+cap_2',
  );
  // Without CAP_SYS_RESOURCE (24) and CAP_SYS_TIME (25), above 32 bits.
  const most = boundingSet('CapBnd:\t000001fffcffffff\n').split(',');
  expect(most).toHaveLength(1 + 39);
  expect(most).not.toContain('+cap_25');
  expect(most.at(-1)).toBe('+cap_40');
  expect(() => boundingSet('Name:\tsh\n')).toThrow('CapBnd');
});

test('a command that reads nothing of its input has ended well, however much it is', async () => {
  const input = 'x\n'.repeat(1 << 20);
  expect(await ran('sh', ['-c', 'exec <&-; echo done'], { input })).toBe('done\n');
  expect(await ran('true', [], {})).toBe('');
  expect(await ran('wc', ['-l'], { input })).toBe(`${String(1 << 20)}\n`);
  await expect(ran('sh', ['-c', 'exec <&-; exit 3'], { input })).rejects.toMatchObject({ code: 3 });
});
