import { describe, expect, it } from 'vitest';
import { wantedTeams } from '../../../../src/cluster/teams/names.js';
import type { Config } from '../../../../src/config/config.js';
import { DEFAULTS } from '../../../../src/config/defaults.js';
import { CHILD, OTHER, PARENT, sampleConfig } from '../../../support/sample-room.js';
import { errorOf } from '../../../support/expect-error.js';

/** A room whose children, observed computer and `teams.names` are of these teams. */
function roomOf(children: readonly string[], names: readonly string[] = [], observed?: string): Config {
  return sampleConfig({
    room: {
      name: 'atelier-1',
      parent: PARENT,
      children: children.map((team, i) => ({ ...(i === 0 ? CHILD : OTHER), team })),
      observed:
        observed === undefined
          ? []
          : [{ name: 'mac', address: '192.0.2.20', exporterPort: 9100, team: observed }],
    },
    teams: { ...DEFAULTS.teams, names },
  });
}

describe('the teams of a room', () => {
  it('are those of its computers, then those that are named, each once', () => {
    expect(wantedTeams(roomOf(['red', 'blue'], ['green', 'red'], 'violet'))).toEqual([
      ...['red', 'blue', 'violet', 'green'],
    ]);
  });

  it('are asked for where there is none', () => {
    const error = errorOf(() => wantedTeams(roomOf([])));
    expect(error).toMatchObject({ code: 'config', message: 'there is no team in kmon.yaml' });
    expect(error.hint).toContain('teams: {names: [red, blue]}');
  });

  it('are refused all at once where they cannot be namespaces, with a name that can', () => {
    const { code, message, hint } = errorOf(() => wantedTeams(roomOf(['Équipe_A', 'kube-red'], ['default'])));
    expect(code).toBe('config');
    expect(message.split('; ')).toEqual([
      'team "Équipe_A" cannot be a namespace: its name must be small letters, digits and hyphens, at most 63, such as equipe-a',
      'team "kube-red" cannot be a namespace: that one is the cluster\'s own',
      'team "default" cannot be a namespace: that one is the cluster\'s own',
    ]);
    expect(hint).toContain('nothing was changed');
  });

  it('are refused where kmon has a namespace of that name', () => {
    const { message } = errorOf(() => wantedTeams(roomOf(['kmon-teams', 'monitoring'])));
    expect(message).toContain('"kmon-teams" cannot be a namespace: kmon has one of that name for the keys');
    expect(message).toContain('"monitoring" cannot be a namespace: kmon has one of that name for the mon');
  });
});
