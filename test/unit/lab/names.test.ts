import { describe, expect, it } from 'vitest';
import { sudoManner } from '../../../src/lab/lab.js';
import {
  checkCount,
  checkLabName,
  guestNames,
  laptopName,
  machineIndex,
  machineNames,
} from '../../../src/lab/names.js';
import { requireRoot } from '../../../src/lab/root.js';

describe('names', () => {
  it('of machines are the parent and numbered children', () => {
    expect(machineNames(2)).toEqual(['parent', 'child-1', 'child-2']);
    expect(['parent', 'child-12', 'child-0', 'child-01', 'x'].map(machineIndex)).toEqual([
      0,
      12,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('of guests come behind those of all children, and a laptop is no machine', () => {
    expect(guestNames(2)).toEqual(['guest-1', 'guest-2']);
    expect(['child-100', 'guest-1', 'guest-12', 'guest-0', laptopName('guest-1')].map(machineIndex)).toEqual([
      100,
      101,
      112,
      undefined,
      undefined,
    ]);
  });

  it.each(['', 'Lab', '1a', 'a_b', 'a-', '../x', 'a'.repeat(32)])('refuses %j for a lab', (name) => {
    expect(() => {
      checkLabName(name);
    }).toThrow('is no name for a lab');
  });

  it('takes a plain one', () => {
    expect(() => {
      checkLabName('atelier-1');
    }).not.toThrow();
  });

  it.each([-1, 1.5, 101, Number.NaN])('refuses %d children', (children) => {
    expect(() => {
      checkCount(children, 'children');
    }).toThrow('children');
    expect(() => {
      checkCount(children, 'laptops');
    }).toThrow('laptops');
  });
});

it('asks for a sudo password on child-1 alone', () => {
  expect(machineNames(2).map(sudoManner)).toEqual(['free', 'asks', 'free']);
});

it('needs root, on Linux', () => {
  const on = (name: 'linux' | 'windows' | 'macos', userNumber: number | undefined) => () => {
    requireRoot({ name, userNumber });
  };
  expect(on('linux', 1000)).toThrow('which needs root');
  expect(on('linux', 0)).not.toThrow();
  expect(on('windows', undefined)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('WSL') as string }),
  );
  expect(on('macos', 501)).toThrow('takes a Linux computer');
});
