import { QUERIES, type Query, type Scope } from './queries.js';

/** From here on a processor is hot: the alert KmonNodeHot, and where it turns red. */
export const HOT_CELSIUS = 85;
/** From here on a child is under load: what stress-ng makes of it, and little else. */
export const LOADED_PERCENT = 80;

/** The same scope, with one matcher more. */
function narrowed(s: Scope, matcher: string): Scope {
  return { ...s, only: s.only === undefined || s.only === '' ? matcher : `${s.only},${matcher}` };
}
const children = (s: Scope): Scope => narrowed(s, 'role="child"');
const teamed = (s: Scope): Scope => narrowed(s, 'team!=""');

/** What machines say, taken together by the team that each is of. */
function byTeam(how: 'avg' | 'max', query: Query): Query {
  return (s) =>
    `${how} by (team) ((${query(teamed(s))}) * on (node) group_left (team) max by (node, team) (${QUERIES.up(teamed(s))} == 1))`;
}

/** But for those that always do. */
const firing = 'ALERTS{alertstate="firing",alertname!~"Watchdog|InfoInhibitor"}';

/** PromQL by name about the room as a whole, from the queries about its machines. A scope narrows it to some of them. */
export const ROOM_QUERIES = {
  childrenUp: (s) => `count(${QUERIES.up(children(s))} == 1) or vector(0)`,
  /** All that Prometheus was told of, whether they answer or not. */
  childrenInRoom: (s) => `count(${QUERIES.up(children(s))})`,
  /** A sample a machine whose exporter does not answer. */
  silent: (s) => `${QUERIES.up(s)} == 0`,
  observedSilent: (s) => `${QUERIES.observedUp(s)} == 0`,
  /** A sample a machine that is too hot. */
  hot: (s) => `(${QUERIES.temperature(s)}) > ${HOT_CELSIUS}`,
  hottest: (s) => `topk(1, ${QUERIES.temperature(s)})`,
  busiest: (s) => `topk(1, ${QUERIES.cpu(s)})`,
  /** A sample a child that works hard. */
  underLoad: (s) => `${QUERIES.cpu(children(s))} >= ${LOADED_PERCENT}`,
  /** A sample an alert that fires. */
  firing: () => firing,
  alertsFiring: () => `count(${firing}) or vector(0)`,
  /** How many teams there are: 0 where nobody is of one. */
  teams: (s) => `count(count by (team) (${QUERIES.up(teamed(s))})) or vector(0)`,
  /** 1 or 0 a machine, with its team: whether it answers. */
  teamMembers: (s) => `max by (team, node) (${QUERIES.up(teamed(s))})`,
  teamCpu: byTeam('avg', QUERIES.cpu),
  teamMemory: byTeam('avg', QUERIES.memory),
  teamLoadPerCore: byTeam('avg', QUERIES.loadPerCore),
  /** Of the hottest of each team. */
  teamTemperature: byTeam('max', QUERIES.temperature),
} as const satisfies Readonly<Record<string, Query>>;
