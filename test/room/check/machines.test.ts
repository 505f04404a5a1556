import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/index.js';
import { findingsOf } from '../../support/checked.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab } from '../../support/lab.js';
import {
  debianNodeExporter,
  frozenDisk,
  fullDisk,
  halfConfigured,
  heldAptLock,
  immutableHosts,
  noexec,
  noMemoryCgroup,
  noSudo,
  routeFor,
  sameHostname,
  sameMachineId,
  secondNetwork,
  service,
  wrongClock,
} from '../../support/machine-faults.js';
import type { Fault } from '../../support/machine-faults.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';
import { smallBundle } from '../cli/small-bundle.js';

// What is wrong with machines, planted for real, all of it at once: one run must find every one of them and nothing else.
describe('kmon check', () => {
  let made: TestLab | undefined;
  let room: Room;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  const planted: Fault[] = [];
  const plant = (fault: Fault): void => {
    planted.push(fault);
    fault.plant();
  };
  const undoAll = (): void => {
    for (const fault of planted.splice(0).toReversed()) fault.undo();
  };

  beforeAll(async () => {
    made = await makeLab({ children: 2 });
    room = makeRoom(made, (file) => {
      file.bundle = smallBundle(mkdtempSync(join(lab().dir, 'bundle-')));
    });
  });
  afterAll(async () => {
    await made?.down();
  });

  const findings = async (): Promise<readonly Finding[]> => findingsOf(await room.run('check', '--json'));

  it('finds nothing in a clean room', async () => {
    expect(await findings()).toEqual([]);
  });

  it('finds everything that is wrong with the machines in one run', async () => {
    const parent = lab().machine('parent');
    const one = lab().machine('child-1');
    const two = lab().machine('child-2');
    plant(heldAptLock(parent));
    plant(sameMachineId(one, two));
    plant(sameHostname(one, two));
    plant(secondNetwork(one));
    plant(routeFor(one, '10.244.0.0/16', parent));
    plant(service(one, 'k3s-agent', 10250));
    plant(wrongClock(one, 3600));
    plant(debianNodeExporter(two));
    plant(fullDisk(two));
    let all: readonly Finding[];
    try {
      all = await findings();
    } finally {
      undoAll();
    }

    const codes = (machine: string): readonly string[] =>
      all
        .filter((f) => f.machine === machine)
        .map((f) => f.code)
        .sort();
    const sentence = (machine: string, code: string): string => {
      const found = all.filter((f) => f.machine === machine && f.code === code);
      return found.map((f) => `${f.severity}: ${f.evidence}; ${f.remedy}`).join('\n');
    };
    expect(codes('parent')).toEqual(['K-APT-LOCK']);
    expect(codes('child-1')).toEqual([
      'K-CLOCK',
      'K-DEFAULT-ROUTE',
      'K-HOSTNAME',
      // It does not know the name it was given.
      'K-HOSTNAME-UNKNOWN',
      'K-MACHINE-ID',
      'K-OTHER-KUBERNETES',
      'K-PORT-TAKEN',
      'K-RANGE',
    ]);
    // The disk that is full is one of memory.
    expect(codes('child-2')).toEqual(['K-DISK', 'K-EXPORTER', 'K-FILESYSTEM', 'K-HOSTNAME', 'K-MACHINE-ID']);
    expect(all.filter((f) => f.machine === undefined)).toEqual([]);

    expect(sentence('child-1', 'K-MACHINE-ID')).toMatch(/^hurts: .*child-2.*systemd-machine-id-setup/);
    expect(sentence('child-2', 'K-MACHINE-ID')).toMatch(/^hurts: .*child-1/);
    expect(sentence('child-1', 'K-HOSTNAME')).toMatch(/^note: .*child-2/);
    expect(sentence('child-1', 'K-DEFAULT-ROUTE')).toMatch(/nic1/);
    expect(sentence('child-1', 'K-RANGE')).toMatch(/^stops: .*10\.244\.0\.0\/16.*podSubnet/);
    expect(sentence('child-1', 'K-PORT-TAKEN')).toMatch(
      /^stops: port 10250 is taken by k3s-agent \(pid \d+\).*systemctl stop k3s-agent/,
    );
    expect(sentence('child-1', 'K-CLOCK')).toMatch(
      /^stops: clock 1 h ahead of the room's median; set the clock/,
    );
    expect(sentence('child-2', 'K-EXPORTER')).toMatch(/^stops: .*9100.*prometheus-node-exporter/);
    expect(sentence('parent', 'K-APT-LOCK')).toMatch(/^note: .*apt-get \(pid \d+\)/);
    expect(sentence('child-2', 'K-DISK')).toMatch(/^stops: .*0\.0 GiB free/);
    for (const f of all) {
      expect(f.cause, f.code).not.toBe('');
      expect(f.remedy, f.code).not.toBe('');
    }
  });

  it('is satisfied again when all of it is put right', async () => {
    expect(await findings()).toEqual([]);
  });

  it('finds what kubeadm, containerd and apt would only stumble over later', async () => {
    plant(immutableHosts(lab().machine('parent')));
    plant(noexec(lab().machine('parent'), '/opt'));
    plant(noMemoryCgroup(lab().machine('child-1')));
    plant(halfConfigured(lab().machine('child-1'), 'canteen'));
    plant(frozenDisk(lab().machine('child-2')));
    let all: readonly Finding[];
    try {
      // What is said of the frozen disk is so: the kernel lays no container on it.
      expect(() =>
        lab()
          .machine('child-2')
          .sh(
            'cd /var/lib; trap "rm -rf o" EXIT; mkdir -p o/l o/u o/w o/m; mount -t overlay o -o lowerdir=o/l,upperdir=o/u,workdir=o/w o/m 2>&1',
          ),
      ).toThrow();
      all = await findings();
    } finally {
      undoAll();
    }
    expect(all.map((f) => `${f.machine ?? ''} ${f.code} ${f.severity}: ${f.evidence}`)).toEqual([
      'parent K-READ-ONLY stops: not even root can write /etc/hosts',
      'parent K-NOEXEC stops: no program runs from /opt/kmon/bin, /opt/cni/bin (/opt is mounted noexec)',
      'child-1 K-CGROUP-CONTROLLER stops: control groups without memory (cgroup v1)',
      'child-1 K-PACKAGES stops: half-done package: canteen (half-configured)',
      'child-2 K-FILESYSTEM stops: /var/lib is on overlayfs, which no container can be put on',
    ]);
    expect(await findings()).toEqual([]);
  });

  it('judges the others although it may not become root on one', async () => {
    plant(noSudo(lab().machine('child-2')));
    plant(service(lab().machine('child-1'), 'canteen', 10250));
    try {
      const ended = await room.run('check', '--json');
      expect(findingsOf(ended).map((f) => [f.machine, f.code])).toEqual([
        ['child-1', 'K-PORT-TAKEN'],
        ['child-2', 'K-SUDO'],
      ]);
      expect(ended.exitCode).toBe(24);
    } finally {
      undoAll();
    }
  });
});
