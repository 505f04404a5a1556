import { tries, type Command } from '../shell/command.js';
import { cpuQuota } from './stress-ng.js';

/** The transient unit's name: one such load at a time on a machine. */
export const BUSY_UNIT = 'kmon-latency.service';

/** Of all processors together. */
const PERCENT = 80;

/**
 * Keeps the processors busy, by nothing that has to be installed, and returns when that has begun. It ends by itself after so many seconds, whether
 * or not anybody is still connected, and leaves nothing; it yields to everything else there.
 *
 * @param cpus Processors of the machine.
 */
export function startBusyLoad(cpus: number, seconds: number): Command<'tries'> {
  const properties = [
    'Type=exec',
    `RuntimeMaxSec=${seconds}`,
    'TimeoutStopSec=5',
    `CPUQuota=${cpuQuota(cpus, PERCENT)}%`,
    'CPUWeight=20',
    'Nice=10',
  ].flatMap((property) => ['-p', property]);
  const busy = `i=0; while [ "$i" -lt ${cpus} ]; do while :; do :; done & i=$((i + 1)); done; wait`;
  return tries`${endBusyLoad()}
systemd-run --quiet --collect --unit ${BUSY_UNIT} --description ${'kmon: how soon a load is seen'} ${properties} sh -c ${busy}`;
}

/** Ends it at once; fine when there is none. */
export function endBusyLoad(): Command<'tries'> {
  return tries`systemctl stop ${BUSY_UNIT} 2>/dev/null || ! systemctl is-active --quiet ${BUSY_UNIT}`;
}
