import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckedMachine, CheckResult } from '../../../src/check/result.js';
import { dhcpServer } from '../../support/dhcp.js';
import { jsonLines, kmon, startKmon } from '../../support/kmon.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import type { Fault } from '../../support/machine-faults.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';
import { smallBundle } from '../cli/small-bundle.js';

/** A child, and what makes its address a leased one. */
export interface Leased {
  readonly child: 1 | 2;
  readonly by: (machine: TestMachine) => Fault;
}

/** The fix of a leased address, kept, not kept and broken off, on children whose addresses are kept by these programs. The parent serves DHCP. */
export function leasedAddress(what: string, leased: readonly Leased[]): void {
  describe(what, () => {
    let made: TestLab | undefined;
    let room: Room;
    const planted: Fault[] = [];
    const lab = (): TestLab => {
      if (made === undefined) throw new Error('the lab is not there yet');
      return made;
    };
    const child = (n: 1 | 2): TestMachine => lab().machine(`child-${n}`);
    const plant = (fault: Fault): void => {
      planted.push(fault);
      fault.plant();
    };
    const children = leased.map((l) => l.child);

    beforeAll(async () => {
      made = await makeLab({ children: 2 });
      // With a bundle nothing is asked for in the Internet.
      const folder = mkdtempSync(join(made.dir, 'bundle-'));
      room = makeRoom(made, (file) => {
        file.bundle = smallBundle(folder);
      });
      plant(dhcpServer(made.machine('parent'), [child(1), child(2)]));
      for (const l of leased) plant(l.by(child(l.child)));
    });
    afterAll(async () => {
      for (const fault of planted.splice(0).toReversed()) fault.undo();
      await made?.down();
    });

    const freeAddress = (): string => lab().subnet.replace(/\d+\/\d+$/, '99');
    const fix = (...args: readonly string[]) =>
      // Two looks at the room, and a minute that nothing shortens.
      kmon(['check', '--fix', 'K-LEASE', '--yes', ...args], { cwd: room.dir, timeoutMs: 240_000 });
    const teardown = () => room.run('teardown', '--yes', '--room', lab().name);
    const addressing = async (): Promise<Readonly<Record<string, CheckedMachine['addressing']>>> => {
      const ended = await room.run('check', '--json');
      const result = jsonLines(ended).find((line) => line['type'] === 'result');
      if (result === undefined) throw new Error(`no result: ${ended.stdout}${ended.stderr}`);
      const { machines } = result['data'] as CheckResult;
      return Object.fromEntries(machines.map((m) => [m.name, m.addressing]));
    };

    const names = children.map((n) => `child-${n}`);
    const only = ['--only', ...names];
    const all = (what: string) => Object.fromEntries(names.map((n) => [n, what]));

    it('is found, becomes static, stays static, and is leased again after teardown', async () => {
      const before = await snapshots(children);
      expect(await addressing()).toMatchObject(all('leased'));
      const fixed = await fix(...only);
      for (const name of names) {
        expect(fixed.stderr).toMatch(new RegExp(`^${name} +static-address +changed: static$`, 'm'));
      }
      expect(await addressing()).toMatchObject(all('static'));
      for (const n of children) {
        expect(child(n).sh('ip -o -4 addr show dev eth0')).not.toContain('dynamic');
        expect(child(n).sh('ip -4 route show default dev eth0')).toContain('default via ');
        expect(child(n).sh(NOTHING_ARMED)).toBe('');
      }
      const again = await fix(...only);
      expect(again.stdout).toContain('nothing was found that kmon could put right');
      const { stdout } = await teardown();
      expect(stdout).toContain('machines as found: 3/3');
      expect(await addressing()).toMatchObject(all('leased'));
      expect(await snapshots(children)).toEqual(before);
    });

    it('comes back by itself when the gateway is wrong, and kmon says so', async () => {
      const before = await snapshots(children);
      const began = Date.now();
      const { stdout, stderr, exitCode } = await fix(...only, '--gateway', freeAddress());
      expect(Date.now() - began).toBeGreaterThan(60_000);
      for (const n of children) {
        expect(stderr).toContain(
          `the static address ${child(n).address}/24 with the gateway ${freeAddress()} did not hold: the gateway ${freeAddress()} did not answer; the machine went back to its leased address by itself`,
        );
        expect(stderr).toContain(`run \`kmon check --fix K-LEASE --only child-${n} --gateway ADDRESS\``);
        expect(child(n).sh(NOTHING_ARMED)).toBe('');
      }
      expect(stdout).toContain('K-LEASE');
      expect(exitCode).toBe(23);
      expect(await addressing()).toMatchObject(all('leased'));
      expect(await snapshots(children)).toEqual(before);
    });

    it('comes back by itself when kmon is killed in the middle', async () => {
      const before = await snapshots(children);
      const args = ['check', '--fix', 'K-LEASE', '--yes', ...only, '--gateway', freeAddress()];
      const run = startKmon(args, { cwd: room.dir });
      for (const name of names) {
        await run.said(new RegExp(`^${name} +static-address +asking whether the gateway`, 'm'));
      }
      run.signal('SIGKILL');
      await run.ended;
      for (const n of children) {
        expect(child(n).sh('ip -o -4 addr show dev eth0')).not.toContain('dynamic');
      }
      const died = Date.now();
      for (const n of children) {
        child(n).sh(
          `timeout 90 sh -c 'until ip -o -4 addr show dev eth0 | grep -q " dynamic " && [ ! -e /run/kmon-go-back ]; do sleep 0.5; done'`,
        );
      }
      expect(Date.now() - died).toBeLessThan(75_000);
      expect(await addressing()).toMatchObject(all('leased'));
      // Only the ledger still knows of it.
      const { stdout } = await teardown();
      expect(stdout).toContain('machines as found: 3/3');
      expect(await snapshots(children)).toEqual(before);
    });

    /** Without the services that D-Bus starts when somebody asks, and that end by themselves half a minute later. */
    async function snapshots(children: readonly (1 | 2)[]): Promise<readonly (readonly string[])[]> {
      const texts = await Promise.all(children.map((n) => child(n).snapshot()));
      return texts.map((text) => text.split('\n').filter((line) => !ENDS_BY_ITSELF.test(line)));
    }
  });
}

const ENDS_BY_ITSELF = /^(systemd-hostnamed|systemd-timedated|NetworkManager-dispatcher)\.service /;

const NOTHING_ARMED = `systemctl list-units --all --plain --no-legend 'kmon-go-back*'; ls /run/kmon-go-back* 2>/dev/null || :`;
