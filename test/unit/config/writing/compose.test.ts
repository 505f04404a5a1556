import { describe, expect, it } from 'vitest';
import { composeRoomFile } from '../../../../src/config/writing/compose.js';
import type { RoomAnswers } from '../../../../src/config/writing/compose.js';
import { load, placeForEach } from '../written-file.js';

placeForEach();

const BARE: RoomAnswers = {
  room: 'atelier-1',
  parent: { address: '192.168.1.10' },
  children: [{ address: '192.168.1.11' }, { address: '192.168.1.12', name: 'pc-12', team: 'red' }],
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/12',
};
const ANSWERS: RoomAnswers = { ...BARE, user: 'student', key: '~/.ssh/id' };

describe('a new kmon.yaml', () => {
  it('reads as a person would write it', () => {
    expect(composeRoomFile(ANSWERS)).toBe(`# yaml-language-server: $schema=.kmon/kmon.schema.json
# kmon.yaml: one room. Change what you like and run \`kmon check\`. Unknown keys are refused, so a typing mistake
# cannot go unnoticed. An editor that knows YAML schemas explains every key, by the line above.

# The room's name. \`kmon teardown\` asks for it before it gives the machines back.
room: atelier-1

# How to log in. What is not said here comes from ~/.ssh/config and the SSH agent. Also: port, passwordFile,
# sudoPasswordFile.
ssh:
  user: student
  key: ~/.ssh/id

# The parent: control plane, Prometheus, Grafana. An address, or { address, name, host, user, key, … }.
parent: 192.168.1.10

# The children: the workers that are watched. Each is an address, or { address, name, team, host, user, key, … }.
# One without a name is child-1, child-2, … by its place here: put new ones at the end.
children:
  - 192.168.1.11
  - { address: 192.168.1.12, name: pc-12, team: red }

# What kubeadm sets up. The two ranges must not meet the room's own network. Also: network (flannel, or vxlan
# and routes, which need no image; routes needs one LAN).
kubernetes:
  version: '1.36'
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
`);
  });

  it('means what was answered', async () => {
    const config = await load(composeRoomFile({ ...ANSWERS, version: '1.35', bundle: './b' }));
    expect(config.room).toMatchObject({
      name: 'atelier-1',
      parent: { name: 'parent', address: '192.168.1.10' },
      children: [
        { name: 'child-1', address: '192.168.1.11' },
        { name: 'pc-12', address: '192.168.1.12', team: 'red' },
      ],
    });
    expect(config.kubernetes.version).toBe('1.35');
    expect(config.logins['pc-12']).toMatchObject({ user: 'student' });
    expect(config.bundle).toMatch(/\/b$/);
  });

  it('may have no children yet, and no login', async () => {
    const text = composeRoomFile({ ...BARE, children: [] });
    expect(text).toContain('children: []\n');
    expect(text).not.toContain('ssh:');
    expect((await load(text)).room.children).toEqual([]);
  });

  it.each([
    ['0x10', 'a\'b"c', "/tmp/it's: a #key"],
    ['1.30', '#x', '- k'],
    ['null', 'yes', '{k}: &a *b'],
    ['true', '!x', '%k\u2028\u00e9'],
  ])('keeps any text a text: %j', async (room, user, bundle) => {
    const config = await load(composeRoomFile({ ...BARE, room, user, bundle: `/${bundle}` }));
    expect(config.room.name).toBe(room);
    expect(config.logins['parent']?.user).toBe(user);
    expect(config.bundle).toBe(`/${bundle}`.replace('//', '/'));
  });
});
