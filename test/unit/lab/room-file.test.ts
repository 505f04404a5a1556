import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LabMachine } from '../../../src/lab/lab.js';
import { bundleIn, isLabRoomFile, machinesIn, MARKER, roomFile, roomIn } from '../../../src/lab/room-file.js';
import { LAB_TEMPLATES } from '../../../src/lab/templates.js';

const template = await readFile(join(LAB_TEMPLATES, 'kmon.yaml'), 'utf8');

function machine(name: string, address: string): LabMachine {
  const role = name === 'parent' ? 'parent' : 'child';
  return { name, role, address, container: `kmon-one-${name}`, sudo: 'free' };
}

const MACHINES = [
  machine('parent', '10.77.0.10'),
  machine('child-1', '10.77.0.11'),
  machine('child-2', '10.77.0.12'),
];

describe("the lab's kmon.yaml", () => {
  it('reads as a person would write it', () => {
    expect(roomFile(template, { lab: 'one', machines: MACHINES })).toBe(
      `# written by kmon lab up; \`kmon lab down\` removes it
room: one
ssh: { user: student, key: ./id_ed25519, knownHosts: ./known_hosts, sudoPasswordFile: ./sudo-password }
parent: { address: 10.77.0.10, name: parent }
children:
  - { address: 10.77.0.11, name: child-1, team: red }
  - { address: 10.77.0.12, name: child-2, team: blue }
kubernetes:
  version: '1.36'
  network: routes
  # Machines in containers cannot pass these two; real computers can.
  ignorePreflight: [ SystemVerification, FileContent--proc-sys-net-bridge-bridge-nf-call-iptables ]
# Neither the chart of kube-prometheus-stack nor the images of Grafana and kube-state-metrics can be had from the lab's own Internet.
monitoring: { profile: lite }
`,
    );
  });

  it("has the network of all who write none by the lab's Internet, and does without Grafana, of which that has no image", () => {
    const text = roomFile(template, { lab: 'one', machines: MACHINES, byInternet: true });
    expect(text).not.toContain('network:');
    expect(text).toContain('\nmonitoring: { profile: lite, grafana: { enabled: false } }\n');
  });

  it('lets no machine fetch through this computer where the lab has an Internet of its own', () => {
    const text = roomFile(template, { lab: 'one', machines: MACHINES, relay: false });
    expect(text).toMatch(/\nrelay: false\n$/);
    expect(roomFile(template, { lab: 'one', machines: MACHINES, relay: true })).not.toContain('relay');
  });

  it('has guests at the port by which their laptops take SSH for them, and a network that passes these', () => {
    const laptop = { name: 'x-laptop', container: 'kmon-one-x-laptop' };
    const machines = [MACHINES[0], { ...machine('guest-1', '10.77.0.111'), laptop }].flatMap((m) => m ?? []);
    const text = roomFile(template, { lab: 'one', machines });
    expect(text).toContain(
      'children:\n  - { address: 10.77.0.111, port: 2222, node: guest, name: guest-1, team: red }\n',
    );
    expect(text).toContain('\n  network: vxlan\n');
    const parent = roomFile(template, {
      lab: 'one',
      machines: [{ ...machine('parent', '10.77.0.10'), laptop }],
      byInternet: true,
    });
    expect(parent).toContain('parent: { address: 10.77.0.10, port: 2222, node: guest, name: parent }\n');
    expect(parent).toContain('\n  network: vxlan\n');
  });

  it('can be a parent alone', () => {
    expect(parse(roomFile(template, { lab: 'one', machines: MACHINES.slice(0, 1) }))).toMatchObject({
      children: [],
    });
  });

  it('has the version of the bundle', () => {
    const text = roomFile(template, { lab: 'one', machines: MACHINES, bundle: './b', version: '1.30' });
    expect(text).toContain("  version: '1.30'\n");
    expect(text).toContain('bundle: ./b\n');
  });

  it('is read back, with any bundle path', () => {
    const text = roomFile(template, { lab: 'one', machines: MACHINES, bundle: "/tmp/it's: a #bundle" });
    expect(bundleIn(text)).toBe("/tmp/it's: a #bundle");
    expect(roomIn(text)).toBe('one');
    expect(machinesIn(text)).toEqual(MACHINES.map(({ name, address }) => ({ name, address })));
    expect(isLabRoomFile(text)).toBe(true);
  });

  it('is told from anything else', () => {
    expect(isLabRoomFile(`room: mine\n${MARKER}\n`)).toBe(false);
    expect(machinesIn('')).toEqual([]);
    expect(machinesIn('parent: 192.0.2.1\nchildren: [192.0.2.2]')).toEqual([]);
    expect(bundleIn('room: x')).toBeUndefined();
  });
});
