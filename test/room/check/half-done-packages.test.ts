import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { halfConfigured } from '../../support/machine-faults.js';
import type { Fault } from '../../support/machine-faults.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';

const CANTEEN = `sed -n '/^Package: canteen$/,/^$/p' /var/lib/dpkg/status; cat /var/lib/canteen-tried`;
const SOCAT = `dpkg-query -W -f '\${Status}' socat 2>/dev/null || echo absent`;

// The owner installs something while the workshop runs, and it fails: apt then refuses, or tries it again whatever it is asked for.
describe("a package of the owner's that is half-done", () => {
  let lab: TestLab | undefined;
  let parent: TestMachine;
  let room: Room;
  let canteen: Fault;

  beforeAll(async () => {
    lab = await makeLab({ children: 1 });
    parent = lab.machine('parent');
    room = makeRoom(lab);
    canteen = halfConfigured(parent, 'canteen');
  });
  afterAll(async () => {
    await lab?.down();
  });

  /** As far as packages: the programs of this bundle are none. */
  const install = async (): Promise<void> => {
    await room.run('init-parent');
    expect(parent.sh(SOCAT)).toBe('install ok installed');
  };

  it.each([
    ['half-configured', ':'],
    [
      'unpacked, without what it needs',
      `sed -i '/^Package: canteen$/,/^$/{s/half-configured/unpacked/;s/^Version: 1$/Version: 1\\nDepends: nosuchthing/}' /var/lib/dpkg/status`,
    ],
    [
      'half-installed',
      `sed -i '/^Package: canteen$/,/^$/s/ok half-configured/reinstreq half-installed/' /var/lib/dpkg/status`,
    ],
  ])('does not keep kmon from giving back its own, and stays as it is: %s', async (_, state) => {
    await install();
    canteen.plant();
    parent.sh(state);
    const before = parent.sh(CANTEEN);
    try {
      const { exitCode, stdout, stderr } = await room.run('teardown', '--yes', '--room', lab?.name ?? '');
      expect(stdout, stderr).toContain('machines as found: 2/2');
      expect(exitCode).toBe(0);
      expect(parent.sh(SOCAT)).toBe('absent\n');
      expect(parent.sh(CANTEEN)).toBe(before);
      expect(before).toMatch(/\ntried\n$/);
    } finally {
      parent.sh(`dpkg --purge --force-remove-reinstreq canteen >/dev/null; rm -f /var/lib/canteen-tried`);
    }
  });
});
