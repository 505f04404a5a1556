import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { CheckedMachine } from '../../../src/findings/result/result.js';
import { snapshotsWithoutShared } from '../../support/as-it-was.js';
import type { Snapshots } from '../../support/as-it-was.js';
import { checked } from '../../support/checked.js';
import { leaseByNetplan, leaseByNetworkd, leaseByNetworkManager, serveDhcp } from '../../support/dhcp.js';
import type { Ended } from '../../support/kmon.js';
import { kmon } from '../../support/kmon.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';
import { smallBundle } from '../cli/small-bundle.js';

type Addressing = CheckedMachine['addressing'];

/**
 * A room whose children have leased addresses, each kept by another program, so that the minute after which all of them go back passes
 * once. The parent serves DHCP.
 */
export interface LeasedRoom {
  readonly children: readonly TestMachine[];
  /** The arguments of a fix for the children. */
  readonly fixing: readonly string[];
  readonly room: Room;
  /** An address of the room that nobody has. */
  freeAddress(): string;
  fix(...args: readonly string[]): Promise<Ended>;
  teardown(): Promise<Ended>;
  /** What a check says of each child's address. */
  addressing(): Promise<readonly Addressing[]>;
  /** Without the services that D-Bus starts when somebody asks, and that end by themselves half a minute later. */
  snapshots(): Promise<Snapshots>;
}

/** Makes it before the tests of this `describe`, and removes it after them. */
export function leasedRoom(): LeasedRoom {
  let made: TestLab | undefined;
  let room: Room;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  const children = (): readonly TestMachine[] =>
    ['child-1', 'child-2', 'child-3'].map((name) => lab().machine(name));

  beforeAll(async () => {
    made = await makeLab({ children: 3 });
    // With a bundle nothing is asked for in the Internet.
    const folder = mkdtempSync(join(made.dir, 'bundle-'));
    room = makeRoom(made, (file) => {
      file.bundle = smallBundle(folder);
    });
    serveDhcp(made.machine('parent'), children());
    leaseByNetworkd(made.machine('child-1'));
    leaseByNetworkManager(made.machine('child-2'));
    leaseByNetplan(made.machine('child-3'));
  });
  afterAll(async () => {
    await made?.down();
  });

  const fixing = ['check', '--fix', 'K-LEASE', '--yes', '--only', 'child-1', 'child-2', 'child-3'];
  return {
    get children() {
      return children();
    },
    get room() {
      return room;
    },
    fixing,
    freeAddress: () => lab().subnet.replace(/\d+\/\d+$/, '99'),
    // Two looks at the room, and a minute that nothing shortens.
    fix: (...args) => kmon([...fixing, ...args], { cwd: room.dir, timeoutMs: 240_000 }),
    teardown: () => room.run('teardown', '--yes', '--room', lab().name),
    async addressing() {
      const { machines } = checked(await room.run('check', '--json'));
      return children().map(({ name }) => machines.find((m) => m.name === name)?.addressing);
    },
    async snapshots() {
      const seen = await snapshotsWithoutShared(children());
      return new Map([...seen].map(([name, text]) => [name, text.replaceAll(ENDS_BY_ITSELF, '')]));
    },
  };
}

const ENDS_BY_ITSELF = /^(systemd-hostnamed|systemd-timedated|NetworkManager-dispatcher)\.service .*\n/gm;

/** Prints nothing where no way back waits any more. */
export const NOTHING_ARMED = `systemctl list-units --all --plain --no-legend 'kmon-go-back*'; ls /run/kmon-go-back* 2>/dev/null || :`;
