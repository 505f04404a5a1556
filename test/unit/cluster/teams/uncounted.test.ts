import { expect, it } from 'vitest';
import { uncountedChildren, uncountedText } from '../../../../src/cluster/teams/uncounted.js';
import type { Machine } from '../../../../src/room/machine.js';
import type { ClusterNode } from '../../../../src/tools/kubernetes-objects.js';

const child = (name: string, team?: string): Machine => ({
  ...{ name, address: `192.0.2.${name.slice(3)}`, role: 'child' },
  ...(team === undefined ? {} : { team }),
});
const node = (name: string, team?: string, state: ClusterNode['state'] = 'ready'): ClusterNode => ({
  ...{ name, state, pressures: [], cordoned: false, roles: [], kubeletVersion: 'v1', createdAt: '' },
  labels: team === undefined ? {} : { 'kmon/team': team },
});

it('says which children of a team are no part of what it gets, and why', () => {
  const children = [
    ...[child('pc-11', 'red'), child('pc-12', 'red'), child('pc-13', 'red')],
    ...[child('pc-14', 'blue'), child('pc-15', 'green'), child('pc-16')],
  ];
  const nodes = [node('pc-11', 'red'), node('pc-13', 'red', 'unknown'), node('pc-14')];
  expect(uncountedText(uncountedChildren(children, nodes))).toEqual([
    'red: its part is without pc-12 (not in the cluster yet), pc-13 (not Ready): `kmon join-child`, then `kmon teams` again',
    'blue: its part is without pc-14 (not marked with its team yet): `kmon join-child`, then `kmon teams` again',
    'green: its part is without pc-15 (not in the cluster yet): `kmon join-child`, then `kmon teams` again',
  ]);
});
