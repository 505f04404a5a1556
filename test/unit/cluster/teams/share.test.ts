import { describe, expect, it } from 'vitest';
import { shareOf } from '../../../../src/cluster/teams/share.js';
import { DEFAULTS } from '../../../../src/config/defaults.js';
import type { NodeSize } from '../../../../src/tools/node-sizes.js';

const GI = 2 ** 30;
const node = (name: string, team: string | undefined, cpus: number, gi: number): NodeSize => ({
  name,
  labels: team === undefined ? {} : { 'kmon/team': team },
  cpuMillis: cpus * 1000,
  memoryBytes: gi * GI,
});
const nodes = [
  node('a', 'red', 4, 8),
  node('b', 'red', 2, 4),
  node('c', 'blue', 4, 4),
  node('d', undefined, 4, 4),
];

describe('what a team gets', () => {
  it('is four fifths of what its own children have', () => {
    const share = shareOf('red', { nodes, teams: 2, config: DEFAULTS.teams });
    expect(share).toEqual({ cpu: '4800m', memory: '9830Mi', pods: 40 });
  });

  it('is an even part of all children where it has none', () => {
    const share = shareOf('green', { nodes, teams: 4, config: DEFAULTS.teams });
    expect(share).toEqual({ cpu: '2800m', memory: '4096Mi', pods: 20 });
  });

  it('is what kmon.yaml says', () => {
    const config = { ...DEFAULTS.teams, cpu: 1, memory: '2Gi', pods: 7 };
    const share = { cpu: '1000m', memory: '2048Mi', pods: 7 };
    expect(shareOf('red', { nodes, teams: 2, config })).toEqual(share);
    expect(shareOf('red', { nodes: [], teams: 2, config })).toEqual(share);
  });

  it('is nothing where no machine takes pods', () => {
    expect(shareOf('red', { nodes: [], teams: 2, config: DEFAULTS.teams })).toBeUndefined();
    expect(shareOf('red', { nodes: [], teams: 2, config: { ...DEFAULTS.teams, cpu: 1 } })).toBeUndefined();
  });

  it('is never less than something', () => {
    const config = DEFAULTS.teams;
    expect(shareOf('x', { nodes: [node('a', undefined, 1, 1)], teams: 900, config })?.pods).toBe(1);
  });
});
