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

/** The same numbers in every run. */
function dice(seed: number): { below(end: number): number } {
  let state = seed;
  return {
    below: (end) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * end);
    },
  };
}

const TWO = ['red', 'blue'];

describe('what a team gets', () => {
  it('is four fifths of what its own children have', () => {
    const share = shareOf('red', { nodes, teams: TWO, config: DEFAULTS.teams });
    expect(share).toEqual({ cpu: '4800m', memory: '9830Mi', pods: 40 });
  });

  it('is an even part of the children of nobody where it has none', () => {
    const share = shareOf('green', { nodes, teams: [...TWO, 'green', 'grey'], config: DEFAULTS.teams });
    expect(share).toEqual({ cpu: '1600m', memory: '1638Mi', pods: 10 });
  });

  it('is made smaller for all by as much where a team has no child and every child has a team', () => {
    const two = [node('a', 'red', 4, 4), node('c', 'blue', 4, 4)];
    const of = (team: string) =>
      shareOf(team, { nodes: two, teams: [...TWO, 'green'], config: DEFAULTS.teams });
    expect(of('red')).toEqual({ cpu: '2400m', memory: '2457Mi', pods: 15 });
    expect(of('blue')).toEqual(of('red'));
    expect(of('green')).toEqual({ cpu: '1600m', memory: '1638Mi', pods: 10 });
  });

  it('counts a child of a team that is no more for those without one', () => {
    const share = shareOf('green', {
      nodes: [node('a', 'gone', 5, 5)],
      teams: ['green'],
      config: DEFAULTS.teams,
    });
    expect(share).toMatchObject({ cpu: '4000m', pods: 20 });
  });

  it('never comes to more for all teams than the children have', () => {
    const names = ['red', 'blue', 'green', 'grey', 'pink', 'teal'];
    const all = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0);
    const { below } = dice(20261130);
    for (let round = 0; round < 2000; round++) {
      const there = Array.from({ length: 1 + below(12) }, (_, i) =>
        node(`n${i}`, [...names, 'gone', undefined][below(8)], 1 + below(64), 1 + below(256)),
      );
      const teams = [names[below(6)] ?? 'red', ...names].slice(0, 1 + below(6));
      const distinct = [...new Set(teams)];
      const shares = distinct.flatMap(
        (team) => shareOf(team, { nodes: there, teams: distinct, config: DEFAULTS.teams }) ?? [],
      );
      const said = JSON.stringify({ there, distinct, shares });
      expect(shares, said).toHaveLength(distinct.length);
      const cpu = all(shares.map((share) => Number.parseInt(share.cpu, 10)));
      expect(cpu, said).toBeLessThanOrEqual(all(there.map(({ cpuMillis }) => cpuMillis)));
      const memory = all(shares.map((share) => Number.parseInt(share.memory, 10) * 2 ** 20));
      expect(memory, said).toBeLessThanOrEqual(all(there.map(({ memoryBytes }) => memoryBytes)));
      expect(all(shares.map(({ pods }) => pods)), said).toBeLessThanOrEqual(20 * there.length);
    }
  });

  it('is what kmon.yaml says', () => {
    const config = { ...DEFAULTS.teams, cpu: 1, memory: '2Gi', pods: 7 };
    const share = { cpu: '1000m', memory: '2048Mi', pods: 7 };
    expect(shareOf('red', { nodes, teams: TWO, config })).toEqual(share);
    expect(shareOf('red', { nodes: [], teams: TWO, config })).toEqual(share);
  });

  it('is nothing where no machine takes pods', () => {
    expect(shareOf('red', { nodes: [], teams: TWO, config: DEFAULTS.teams })).toBeUndefined();
    expect(shareOf('red', { nodes: [], teams: TWO, config: { ...DEFAULTS.teams, cpu: 1 } })).toBeUndefined();
  });

  it('is never less than something', () => {
    const teams = Array.from({ length: 900 }, (_, i) => `team-${i}`);
    const shared = { nodes: [node('a', undefined, 1, 1)], teams, config: DEFAULTS.teams };
    expect(shareOf('team-7', shared)?.pods).toBe(1);
  });
});
