import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../support/checked.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from './room.js';

const MINT = `NAME="Linux Mint"
ID=linuxmint
ID_LIKE="ubuntu debian"
PRETTY_NAME="Linux Mint 22"
VERSION_ID="22"
VERSION_CODENAME=wilma
UBUNTU_CODENAME=noble`;
const LMDE = `PRETTY_NAME="LMDE 6 (faye)"
NAME="LMDE"
VERSION_ID="6"
VERSION_CODENAME=faye
ID=linuxmint
ID_LIKE=debian
DEBIAN_CODENAME=bookworm`;
const KALI = `PRETTY_NAME="Kali GNU/Linux Rolling"
NAME="Kali GNU/Linux"
VERSION_ID="2025.4"
VERSION_CODENAME=kali-rolling
ID=kali
ID_LIKE=debian`;
const OLD_MINT = MINT.replace('noble', 'bionic').replaceAll('22', '19');

/** What schools have is seldom Debian or Ubuntu itself: the packages come from what the system is made from. */
export function derivatives(lab: () => TestLab): void {
  describe('machines whose system is made from another', () => {
    const between = async (
      work: () => Promise<void>,
      ...systems: readonly (readonly [string, string, string])[]
    ) => {
      const undo = systems.map(([name, osRelease, version]) =>
        become(lab().machine(name), osRelease, version),
      );
      try {
        await work();
      } finally {
        for (const back of undo) back();
      }
    };

    it('are taken for what they are, with the packages of what they are made from', async () => {
      await between(
        async () => {
          const checked = await makeRoom(lab()).run('check', '--json');
          const found = findingsOf(checked).filter((f) => f.severity !== 'note' || f.code === 'K-OS');
          expect(found.map((f) => `${String(f.machine)} ${f.code} ${f.severity}: ${f.evidence}`)).toEqual([
            'child-2 K-OS note: Kali GNU/Linux Rolling is made from no release of Debian that kmon knows',
          ]);

          // Without a bundle: the plan of a dry run downloads nothing.
          const room = makeRoom(lab(), (file) => {
            delete file.bundle;
            file.kubernetes = { ...file.kubernetes, version: '1.36' };
          });
          const { exitCode, stderr } = await room.run('up', '--dry-run');
          const planned =
            /^(\S+) +packages +to change: add the source of packages https:\/\/download\.docker\.com\/linux\/(.*)$/gm;
          expect(
            [...stderr.matchAll(planned)].map(([, name, suite]) => `${name ?? ''}: ${suite ?? ''}`).sort(),
          ).toEqual([
            'child-1: debian bookworm stable',
            'child-2: debian trixie stable',
            'parent: ubuntu noble stable',
          ]);
          expect(exitCode).toBe(0);
        },
        ['parent', MINT, 'trixie/sid'],
        ['child-1', LMDE, '12.5'],
        ['child-2', KALI, 'kali-rolling'],
      );
    });

    it('are as old as what they are made from', async () => {
      await between(async () => {
        const { stdout } = await makeRoom(lab()).run('check');
        expect(stdout).toContain('Linux Mint 19 is too old: it is made from Ubuntu 18.04');
        expect(stdout).toMatch(/^1 stops\b/m);
      }, ['child-1', OLD_MINT, 'buster/sid']);
    });
  });
}

/** @returns the way back */
function become(machine: TestMachine, osRelease: string, debianVersion: string): () => void {
  machine.sh(`mkdir /run/own-system
mv /etc/os-release /etc/debian_version /run/own-system/
cat >/etc/os-release <<'END'
${osRelease}
END
echo '${debianVersion}' >/etc/debian_version
# Such a system has cgroup v2, which Kubernetes 1.36 asks for, whatever the computer below has.
if ! [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -o remount,rw /sys/fs/cgroup
  echo cpuset cpu io memory pids >/sys/fs/cgroup/cgroup.controllers
  touch /run/own-cgroup
fi`);
  return () => {
    machine.sh(`mv /run/own-system/* /etc/; rmdir /run/own-system
if [ -e /run/own-cgroup ]; then
  rm /sys/fs/cgroup/cgroup.controllers /run/own-cgroup
  mount -o remount,ro /sys/fs/cgroup
fi`);
  };
}
