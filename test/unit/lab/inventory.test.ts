import { expect, it } from 'vitest';
import { findEngine } from '../../../src/lab/container-engine.js';
import { networkRanges, parseContainers, parseMachines, parseNetwork } from '../../../src/lab/inventory.js';
import { ends, scriptedPrograms } from './scripted-programs.js';

function container(name: string, machine: string, running: boolean, lab = 'one'): object {
  return {
    Name: name,
    State: { Running: running, Pid: running ? 4711 : 0 },
    Config: {
      Labels: {
        'kmon.lab': lab,
        'kmon.lab.machine': machine,
        'kmon.lab.dir': '/d',
        'kmon.lab.address': '10.77.0.9',
      },
    },
  };
}

it('reads machines of podman and docker, parent first and children by number', () => {
  const json = JSON.stringify([
    container('/kmon-one-child-10', 'child-10', true),
    container('kmon-one-child-2', 'child-2', false),
    container('kmon-one-parent', 'parent', true),
    container('kmon-two-parent', 'parent', true, 'two'),
    container('odd', 'somebody', true),
  ]);
  const machines = parseMachines(json, 'one');
  expect(machines.map((m) => [m.name, m.container, m.running, m.pid])).toEqual([
    ['parent', 'kmon-one-parent', true, 4711],
    ['child-2', 'kmon-one-child-2', false, 0],
    ['child-10', 'kmon-one-child-10', true, 4711],
  ]);
  expect(machines[0]).toMatchObject({ address: '10.77.0.9', dir: '/d' });
});

it('knows a guest by the laptop around it, which is no machine of the room', () => {
  const json = JSON.stringify([
    container('kmon-one-guest-1', 'guest-1', true),
    container('kmon-one-guest-1-laptop', 'guest-1-laptop', true),
    container('kmon-one-child-1', 'child-1', true),
  ]);
  expect(parseMachines(json, 'one').map((m) => [m.name, m.laptop?.container])).toEqual([
    ['child-1', undefined],
    ['guest-1', 'kmon-one-guest-1-laptop'],
  ]);
});

it("reads the lab's Internet apart from the room", () => {
  const json = JSON.stringify([
    container('kmon-one-internet', 'internet', true),
    container('kmon-one-parent', 'parent', true),
    container('kmon-two-internet', 'internet', true, 'two'),
  ]);
  expect(parseMachines(json, 'one').map((m) => m.name)).toEqual(['parent']);
  expect(parseContainers(json, 'one').map((m) => m.container)).toEqual([
    'kmon-one-internet',
    'kmon-one-parent',
  ]);
});

it.each([
  ['podman', { name: 'n', labels: { 'kmon.lab.dir': '/d', 'kmon.lab.address': '10.77.0.0/24' } }],
  ['docker', { Name: 'n', Labels: { 'kmon.lab.dir': '/d', 'kmon.lab.address': '10.77.0.0/24' } }],
])('reads the network of %s', (_, network) => {
  expect(parseNetwork(JSON.stringify([network]))).toEqual({ name: 'n', dir: '/d', subnet: '10.77.0.0/24' });
});

it('takes a network without labels for no network of a lab', () => {
  expect(parseNetwork('[{"name":"n"}]')).toBeUndefined();
  expect(parseNetwork('[]')).toBeUndefined();
});

it('reads the ranges of all networks, though one of them has just gone', async () => {
  const { run } = scriptedPrograms({
    'podman info --format {{.Host.OCIRuntime.Name}} {{.Host.CgroupsVersion}}': ends('runc v1'),
    'podman network ls --quiet': ends('podman\ngone\n'),
    'podman network inspect podman gone': ends(
      '[{"name":"podman","subnets":[{"subnet":"10.88.0.0/16","gateway":"10.88.0.1"}]}]',
      125,
      'Error: network gone: network not found',
    ),
  });
  expect(await networkRanges(await findEngine(run, 'podman'))).toEqual(['10.88.0.0/16']);
});
