import { changes, inOrder, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type RouteParams = {
  /** An IPv4 range such as 10.244.1.0/24. */
  readonly destination: string;
  /** Absent: nobody there can be reached, and whoever sends something there is told so. What has a route of its own within the range has it. */
  readonly via?: string;
  readonly device?: string;
  /** `via` is reached through the device whatever the routes say: inside of an overlay there is no network that it would be in. */
  readonly onlink?: true;
};

/** The routes of exactly this destination, as `ip route` writes them. */
export type RouteState = { readonly routes: readonly string[] };

/** Words with which `ip` tells the state of a link; they are no part of a route. */
const STATE_WORDS = new Set(['linkdown', 'dead', 'pervasive', 'offload', 'trap']);

/**
 * An IPv4 route in the main table of the running system. It does not survive a restart of the machine: the stage that needs it must find
 * it missing then, and set it again. `proto static` keeps network managers from taking it for theirs.
 */
export function route(params: RouteParams): Resource<RouteState> {
  const { destination, via, device, onlink } = params;
  const target = [
    ...(via === undefined ? ['unreachable', destination] : [destination, 'via', via]),
    ...(device === undefined ? [] : ['dev', device]),
    ...(onlink === true ? ['onlink'] : []),
  ];
  const isOurs = (line: string): boolean => {
    const words = line.split(' ');
    if (via === undefined) return words[0] === 'unreachable';
    return (
      words[words.indexOf('via') + 1] === via &&
      (device === undefined || words[words.indexOf('dev') + 1] === device)
    );
  };
  return {
    id: `route ${destination}`,
    kind: 'route',
    params,
    read: reads`ip -o -4 route show exact ${destination} | sed 's/^/route /'`,
    parse: (result) => {
      const lines = new Fields(result, ['route']).all('route');
      return { routes: lines.map((l) => words(l).join(' ')).toSorted() };
    },
    satisfied: (now) => now.routes.some(isOurs),
    change: () => changes`ip -4 route replace ${target} proto static`,
    describe: (now) => {
      const there = now.routes[0];
      return `route ${destination} ${via === undefined ? 'to nobody' : `by ${via}`}${there === undefined ? '' : ` (now ${there})`}`;
    },
    restore: (found, now) => {
      const added = now.routes.filter((r) => !found.routes.includes(r));
      const gone = found.routes.filter((r) => !now.routes.includes(r));
      // Only a route of kmon's explains that one of the owner's is missing; otherwise he took it away himself.
      const mine = added.filter((r) => isOurs(r) && words(r).includes('static'));
      if (mine.length === 0) return 'nothing';
      // His first, in one step with kmon's where they exclude each other: a cut between the two would look as if he had taken it away.
      return inOrder([
        ...gone.map((r) => changes`ip -4 route replace ${words(r)}`),
        ...mine.map((r) => changes`ip -4 route del ${words(r)} 2>/dev/null || :`),
      ]);
    },
  };
}

function words(line: string): readonly string[] {
  return line.split(/\s+/).filter((w) => w !== '' && w !== '\\' && !STATE_WORDS.has(w));
}
