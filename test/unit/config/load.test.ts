import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { ROOM, load, place, placeForEach } from './written-file.js';

placeForEach();

describe('a good kmon.yaml', () => {
  it('needs a room and a parent only', async () => {
    const config = await load(ROOM);
    expect(config).toEqual({
      addons: [],
      file: join(place.folder, 'kmon.yaml'),
      stateDir: join(place.folder, '.kmon'),
      room: {
        name: 'atelier-1',
        parent: { name: 'parent', address: '192.168.1.10', role: 'parent' },
        children: [],
        observed: [],
      },
      logins: { parent: { host: '192.168.1.10' } },
      knownHostsFiles: [join(place.folder, '.kmon', 'known_hosts'), join(place.home, '.ssh', 'known_hosts')],
      kubernetes: {
        version: '1.36',
        network: 'flannel',
        podSubnet: '10.244.0.0/16',
        serviceSubnet: '10.96.0.0/12',
        ignorePreflight: [],
      },
      teams: { names: [], hours: 8 },
      monitoring: {
        profile: 'auto',
        namespace: 'monitoring',
        scrapeIntervalSeconds: 5,
        retention: '24h',
        prometheusNodePort: 30090,
        prometheusMemory: '1200Mi',
        grafana: true,
        grafanaNodePort: 30300,
      },
    });
  });

  it('names machines by their place, and completes a login by the room', async () => {
    await writeFile(join(place.folder, 'sudo.txt'), 'x', { mode: 0o600 });
    const config = await load(`room: r
ssh: { user: student, key: ~/.ssh/id, port: 2222, sudoPasswordFile: sudo.txt, hostKeys: pinned-only }
parent: { address: 192.168.1.10, host: pc-lab, name: boss, user: teacher }
children:
  - 192.168.1.11
  - { address: 192.168.1.12, host: laptop, team: red, port: 22 }
bundle: ../usb/bundle
`);
    const room = {
      user: 'student',
      port: 2222,
      keyFile: join(place.home, '.ssh/id'),
      sudoPasswordFile: join(place.folder, 'sudo.txt'),
    };
    expect(config.room).toEqual({
      name: 'r',
      parent: { name: 'boss', address: '192.168.1.10', role: 'parent' },
      children: [
        { name: 'child-1', address: '192.168.1.11', role: 'child' },
        { name: 'child-2', address: '192.168.1.12', role: 'child', team: 'red' },
      ],
      observed: [],
    });
    expect(config.logins).toEqual({
      boss: { ...room, host: 'pc-lab', user: 'teacher' },
      'child-1': { ...room, host: '192.168.1.11' },
      'child-2': { ...room, host: 'laptop', port: 22 },
    });
    expect(config.hostKeys).toBe('pinned-only');
    expect(config.bundle).toBe(join(place.folder, '../usb/bundle'));
  });

  it('keeps observed computers apart from the machines', async () => {
    const config = await load(`${ROOM}children:
  - { address: 192.168.1.20, name: teacher-mac, kind: observed, exporter: 9100, user: ada }
  - { address: 192.168.1.11, kind: node }
  - { address: 192.168.1.21, kind: observed, exporter: 9182, team: red }
`);
    expect(config.room.children).toEqual([{ name: 'child-2', address: '192.168.1.11', role: 'child' }]);
    expect(config.room.observed).toEqual([
      { name: 'teacher-mac', address: '192.168.1.20', exporterPort: 9100 },
      { name: 'child-3', address: '192.168.1.21', exporterPort: 9182, team: 'red' },
    ]);
    expect(config.logins).toEqual({
      parent: { host: '192.168.1.10' },
      'teacher-mac': { host: '192.168.1.20', user: 'ada' },
      'child-2': { host: '192.168.1.11' },
      'child-3': { host: '192.168.1.21' },
    });
  });

  it('knows a guest as a machine behind the address of its laptop', async () => {
    const config = await load(`room: r
parent: { address: 192.168.1.10, node: guest, port: 2222 }
children: [{ address: 192.168.1.11, node: machine }, { address: 192.168.1.12, node: guest, port: 2222 }]
kubernetes: { network: vxlan }
`);
    expect(config.room.parent).toEqual({
      name: 'parent',
      address: '192.168.1.10',
      role: 'parent',
      guest: true,
    });
    expect(config.room.children).toEqual([
      { name: 'child-1', address: '192.168.1.11', role: 'child' },
      { name: 'child-2', address: '192.168.1.12', role: 'child', guest: true },
    ]);
    expect(config.logins['child-2']).toEqual({ host: '192.168.1.12', port: 2222 });
  });

  it('reads the pin files that it names instead of the user’s own', async () => {
    await writeFile(join(place.folder, 'pins'), '');
    const named = await load(`${ROOM}ssh: { knownHosts: [pins, .kmon/known_hosts] }\n`);
    expect(named.knownHostsFiles).toEqual([
      join(place.folder, '.kmon', 'known_hosts'),
      join(place.folder, 'pins'),
    ]);
  });

  it('takes a key without a value for one that is not there', async () => {
    const config = await load(`${ROOM}ssh:\nchildren:\nkubernetes:\n  version:\n`);
    expect(config.kubernetes.version).toBe('1.36');
    expect(config.room.children).toEqual([]);
  });

  it('takes the example as it is, and the example shows the defaults', async () => {
    const example = join(import.meta.dirname, '../../../templates/kmon.example.yaml');
    const shown = await loadConfig(example, place.folder, place.home);
    const plain = await load(ROOM);
    expect(shown.kubernetes).toEqual(plain.kubernetes);
    expect(shown.monitoring).toEqual(plain.monitoring);
    expect(shown.room.children.map((m) => m.name)).toEqual(['child-1', 'pc-12']);
  });
});

describe('which file', () => {
  it('says that there is none, and what to write', async () => {
    await expect(loadConfig(undefined, place.folder, place.home)).rejects.toMatchObject({
      code: 'config',
      message: 'there is no kmon.yaml in this folder',
      hint: expect.stringContaining('kmon lab up') as string,
    });
    await expect(loadConfig('rooms/a.yaml', place.folder, place.home)).rejects.toMatchObject({
      message: 'there is no rooms/a.yaml',
    });
  });

  it('refuses a place.folder, and names files elsewhere by their whole path', async () => {
    await expect(loadConfig('home', place.folder, place.home)).rejects.toMatchObject({
      message: 'home is not a file',
    });
    await writeFile(join(place.folder, 'a.yaml'), 'room: x\n');
    await expect(loadConfig('../a.yaml', place.home, place.home)).rejects.toMatchObject({
      message: expect.stringMatching(`^${join(place.folder, 'a.yaml')}:1:1: parent is missing`) as string,
    });
  });
});
