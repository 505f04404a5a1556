import { changes, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';

const UNIT = 'kmon-go-back';
const SCRIPT = `/run/${UNIT}`;

/** `armed`: it will run. `running`: it is at it. `none`: it was taken away, or is done. */
export type RevertState = 'armed' | 'running' | 'none';

/**
 * Has the machine run a script by itself after so many seconds, whatever becomes of the connection and of kmon: a timer and a service of
 * systemd that are gone after they ran, and after a restart. There is one at a time.
 */
export function armRevert(script: Command<'changes'>, seconds: number): Command<'changes'> {
  const text = `LC_ALL=C; export LC_ALL\n(\n${script.script}\n)\ns=$?; rm -f -- ${SCRIPT}; exit $s\n`;
  return changes`set -e
trap ${`systemctl stop ${UNIT}.timer 2>/dev/null; rm -f -- ${SCRIPT}`} EXIT
(umask 077; printf %s ${text} >${SCRIPT})
systemd-run --quiet --collect --unit=${UNIT} --description='kmon: go back to what was before' \
  --on-active=${seconds} --timer-property=AccuracySec=100ms /bin/sh ${SCRIPT}
systemctl --quiet is-active ${UNIT}.timer
trap - EXIT`;
}

/** Too late when it has begun: `readRevert` tells. */
export function cancelRevert(): Command<'changes'> {
  return changes`systemctl stop ${UNIT}.timer 2>/dev/null || :
systemctl --quiet is-active ${UNIT}.service || rm -f -- ${SCRIPT}`;
}

/** Takes it away also when it has begun, which is waited for. */
export function endRevert(): Command<'changes'> {
  return changes`systemctl stop ${UNIT}.timer 2>/dev/null || :
i=0
while systemctl --quiet is-active ${UNIT}.service; do
  i=$((i + 1)); if [ $i -gt 180 ]; then echo 'it does not end to go back by itself' >&2; exit 1; fi
  sleep 0.5
done
rm -f -- ${SCRIPT}`;
}

/** Prints `revert` when something of it is on the machine: it is armed or running, or was cut off while it was armed. */
export const readRevertRemains: Command<'reads'> = reads`if [ -e ${SCRIPT} ] || systemctl --quiet is-active ${UNIT}.timer 2>/dev/null; then echo revert; fi`;

export function readRevert(): Command<'reads'> {
  return reads`if systemctl --quiet is-active ${UNIT}.service; then echo running
elif systemctl --quiet is-active ${UNIT}.timer; then echo armed
else echo none; fi`;
}

/** @throws TypeError for what `readRevert` does not print. */
export function parseRevert(stdout: string): RevertState {
  const state = (['armed', 'running', 'none'] as const).find((s) => s === stdout.trim());
  if (state === undefined) throw new TypeError(`not a state of ${UNIT}: ${stdout.slice(0, 80)}`);
  return state;
}
