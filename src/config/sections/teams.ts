import { z } from 'zod';
import type { Room } from '../../room/room.js';
import { allComputers } from '../../room/room.js';
import { matching, optional, whole } from '../kinds.js';
import { LABEL } from '../names.js';
import { present } from '../optional-key.js';

/** What each team gets of the cluster; what is absent is worked out from the team's children. */
export interface TeamsConfig {
  /** Teams that no machine of the room says. */
  readonly names: readonly string[];
  /** How long a team's kubeconfig opens the cluster. */
  readonly hours: number;
  /** Processors. */
  readonly cpu?: number;
  /** Such as 2Gi. */
  readonly memory?: string;
  readonly pods?: number;
}

/** A day at school: what is found in a folder the next morning opens nothing. */
export const TEAMS: TeamsConfig = { names: [], hours: 8 };

/** `teams`: what the teams of the room get. */
export const teams = z.strictObject(
  {
    names: optional(
      z.array(matching('a name of small letters, digits and hyphens, at most 63', LABEL), {
        error: 'a list of names, such as [red, blue]',
      }),
      'Teams beside those that children have, such as those of a class that shares the children.',
      TEAMS.names,
    ),
    hours: optional(
      whole('a whole number of hours from 1 to 168', 1, 168),
      "How long a team's kubeconfig opens the cluster.",
      TEAMS.hours,
    ),
    cpu: optional(
      whole('a whole number of processors from 1 to 1000', 1, 1000),
      "Processors that the pods of one team may ask for. Default: four fifths of what the team's own children have.",
    ),
    memory: optional(
      matching('an amount of memory such as 800Mi or 2Gi', /^[1-9]\d{0,5}(Mi|Gi)$/),
      'Memory of all pods of one team together. Default: as of the processors.',
    ),
    pods: optional(
      whole('a whole number of pods from 1 to 10000', 1, 10_000),
      'Pods of one team. Default: 20 for each of its children.',
    ),
  },
  { error: 'a map such as {names: [red, blue], hours: 8}' },
);

export function teamsOf(written: z.output<typeof teams> | undefined): TeamsConfig {
  const { names, hours, cpu, memory, pods } = written ?? {};
  return {
    names: names ?? TEAMS.names,
    hours: hours ?? TEAMS.hours,
    ...present('cpu', cpu),
    ...present('memory', memory),
    ...present('pods', pods),
  };
}

/** Every team of the room once: those of its computers in the order of kmon.yaml, then those that are named beside them. */
export function teamNames({
  room,
  teams: { names },
}: {
  readonly room: Room;
  readonly teams: TeamsConfig;
}): readonly string[] {
  const ofComputers = allComputers(room).flatMap(({ team }) => (team === undefined ? [] : [team]));
  return [...new Set([...ofComputers, ...names])];
}
