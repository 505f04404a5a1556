import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type SleepInhibitorState = {
  readonly active: boolean;
  /** The machine has a login manager that could send it to sleep. */
  readonly possible: boolean;
};

const UNIT = 'kmon-awake.service';

/**
 * Keeps a laptop awake, its lid closed or not, by a transient unit that holds one of logind's inhibitor locks: no file of the owner's
 * changes, and it is over after a restart. A machine without logind does not go to sleep by itself.
 */
export function sleepInhibitor(): Resource<SleepInhibitorState> {
  return {
    id: 'sleep inhibitor',
    kind: 'sleep-inhibitor',
    params: {},
    read: reads`for u in ${UNIT} systemd-logind.service; do printf '%s %s\n' "$u" "$(systemctl is-active "$u" 2>/dev/null || :)"; done`,
    parse: (result) => {
      const fields = new Fields(result, [UNIT, 'systemd-logind.service']);
      return {
        active: fields.one(UNIT) === 'active',
        possible: fields.one('systemd-logind.service') === 'active',
      };
    },
    satisfied: (now) => now.active || !now.possible,
    // The unit is there a moment before its lock, and a machine without the lock may still fall asleep.
    change: () =>
      changes`systemd-run --quiet --collect --unit=${UNIT} --description='The workshop of kmon is running' \
  systemd-inhibit --what=sleep:idle:handle-lid-switch --who=kmon --why='a workshop is running' --mode=block sleep infinity
tries=0
until systemd-inhibit --list | grep -q kmon; do
  tries=$((tries + 1))
  if [ "$tries" -gt 50 ]; then echo 'the login manager gave no lock' >&2; systemctl stop ${UNIT}; exit 1; fi
  sleep 0.1
done`,
    describe: () => 'keep the machine awake',
    restore: (found, now) => (now.active && !found.active ? changes`systemctl stop ${UNIT}` : 'nothing'),
  };
}
