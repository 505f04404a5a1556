import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Reversible } from './resource.js';

export type TargetsState = {
  /** The targets, and the one-shot units that they pull in, as far as they are active. */
  readonly active: readonly string[];
  /** Of these: a running unit that cannot be without it. */
  readonly neededBy: Readonly<Record<string, string>>;
};

/** What units of packages pull in: the kubelet's own does. */
const TARGETS = ['network-online.target'];

/**
 * Targets of systemd that were not reached before, with what they have started: nothing stops them when the units that wanted them are
 * gone. Note it before the first of those starts. A unit with a way of its own to be stopped is left alone: on Debian one of them takes the
 * network down.
 */
export function targets(): Reversible<TargetsState> {
  return {
    id: 'targets',
    kind: 'targets',
    params: {},
    read: reads`of() { systemctl show --value --property="$1" -- "$2" 2>/dev/null; }
if [ -d /run/systemd/system ]; then
  for t in ${TARGETS}; do
    for u in "$t" $(of Wants "$t"); do
      systemctl --quiet is-active -- "$u" || continue
      if [ "$u" != "$t" ] && { [ "$(of Type "$u")" != oneshot ] || [ -n "$(of ExecStop "$u")" ]; }; then continue; fi
      printf 'active %s\n' "$u"
      for by in $(of RequiredBy "$u") $(of RequisiteOf "$u") $(of BoundBy "$u") $(of ConsistsOf "$u"); do
        if systemctl --quiet is-active -- "$by"; then printf 'needed %s %s\n' "$u" "$by"; break; fi
      done
    done
  done
fi`,
    parse: (result) => {
      const fields = new Fields(result, ['active', 'needed']);
      const needed = fields.all('needed').map((line) => line.split(' '));
      return {
        active: [...new Set(fields.all('active'))].toSorted(),
        neededBy: Object.fromEntries(needed.map(([unit = '', by = '']) => [unit, by])),
      };
    },
    restore: (found, now) => {
      const fresh = now.active.filter((u) => !found.active.includes(u));
      const idle = fresh.filter((u) => now.neededBy[u] === undefined);
      const [first] = fresh;
      if (first === undefined) return 'nothing';
      if (idle.length === 0) return { leave: `${now.neededBy[first] ?? 'a unit'} needs ${first}` };
      return changes`systemctl stop -- ${idle}`;
    },
  };
}
