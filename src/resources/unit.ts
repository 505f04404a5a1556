import { changes, inOrder, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type UnitParams = {
  /** With its suffix: `kubelet.service`. */
  readonly name: string;
  /** Starts at boot. Left as it is when absent. */
  readonly enabled?: boolean;
  /** Runs now. Left as it is when absent. */
  readonly active?: boolean;
};

/** `file` is systemd's word: enabled, disabled, static, masked, … and empty for a unit without a file. */
export type UnitState = {
  readonly exists: boolean;
  readonly file: string;
  readonly active: boolean;
};

/**
 * Whether a systemd unit starts at boot and runs. The unit's file is a matter of its own (a package, or a `file` that stands before this
 * one). A unit that did not exist is given back when it neither runs nor is enabled: its file goes with whatever brought it.
 */
export function unit(params: UnitParams): Resource<UnitState> {
  const { name, enabled, active } = params;
  return {
    id: `unit ${name}`,
    kind: 'unit',
    params,
    read: reads`(systemctl show --property=LoadState,UnitFileState,ActiveState -- ${name} 2>/dev/null || printf 'LoadState=not-found\nUnitFileState=\nActiveState=inactive\n') | tr = ' '`,
    parse: (result) => {
      const fields = new Fields(result, ['LoadState', 'UnitFileState', 'ActiveState']);
      return {
        // A masked unit exists: LoadState says `masked`.
        exists: fields.one('LoadState') !== 'not-found',
        file: fields.one('UnitFileState'),
        // A service that fails and starts again by itself is `activating` half of the time.
        active: ['active', 'activating', 'reloading', 'refreshing'].includes(fields.one('ActiveState')),
      };
    },
    satisfied: (now) =>
      (enabled === undefined || (now.exists && isEnabled(now) === enabled) || (!now.exists && !enabled)) &&
      (active === undefined || now.active === active),
    // What is done does not depend on `now`, which may be older than the package or file that brings the unit.
    change: () =>
      inOrder([
        // To enable reads the units anew by itself, and takes longer for it than for all else.
        enabled === undefined ? changes`systemctl daemon-reload` : enable(name, enabled),
        ...(active === undefined ? [] : [activate(name, active)]),
      ]),
    describe: () => {
      const wanted = [
        ...(enabled === undefined ? [] : [enabled ? 'enable' : 'disable']),
        ...(active === undefined ? [] : [active ? 'start' : 'stop']),
      ];
      return `${wanted.join(' and ')} ${name}`;
    },
    restore: (found, now) => {
      if (!now.exists) {
        return found.exists && (found.active || isEnabled(found)) ? { leave: 'the unit is gone' } : 'nothing';
      }
      const steps = [
        ...(now.active === found.active ? [] : [activate(name, found.active)]),
        ...(isEnabled(now) === isEnabled(found) ? [] : [enable(name, isEnabled(found))]),
        ...(found.file === 'masked' && now.file !== 'masked'
          ? [changes`systemctl --quiet mask ${name}`]
          : []),
      ];
      return steps.length === 0 ? 'nothing' : inOrder(steps);
    },
  };
}

function isEnabled(state: UnitState): boolean {
  return state.file === 'enabled' || state.file === 'enabled-runtime' || state.file === 'alias';
}

function enable(name: string, yes: boolean) {
  return yes ? changes`systemctl --quiet enable ${name}` : changes`systemctl --quiet disable ${name}`;
}

/** A unit that failed is forgotten as failed when it is stopped: it would be a trace of its own in `systemctl --failed`. */
function activate(name: string, yes: boolean) {
  return yes
    ? changes`systemctl start ${name}`
    : changes`systemctl stop ${name} && { systemctl reset-failed ${name} 2>/dev/null || :; }`;
}
