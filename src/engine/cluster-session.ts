import type { ClusterRunner } from '../cluster/cluster-runner.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Facts } from '../facts/facts.js';
import type { Machine } from '../room/machine.js';
import type { Session } from './session.js';

/**
 * A cluster that is nobody's machine. Nothing is noted: what is put there is known by its labels and releases, and goes by them. Whatever
 * wants to know, or to change, a machine there is a defect.
 */
export function clusterSession(machine: Machine, run: ClusterRunner): Session {
  return {
    machine,
    run,
    get facts(): Facts {
      throw noMachine(machine);
    },
    look: async (things) => {
      if (things.length > 0) throw noMachine(machine);
      return [];
    },
    note: async () => {},
    change: async () => {
      throw noMachine(machine);
    },
    lookAtUnnoted: async () => [],
    forget: async () => {},
    foundBefore: async () => undefined,
    changesUnderWay: async () => [],
    forgetReading: async () => {},
  };
}

function noMachine({ name }: Machine): KmonError {
  return new KmonError('bug', `${name} is a cluster and no machine`);
}
