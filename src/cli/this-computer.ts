import { KmonError } from '../errors/kmon-error.js';
import type { Machine } from '../room/machine.js';
import { openRunner } from '../runner/open.js';
import type { OpenRunner } from '../runner/open.js';
import { localTransport } from '../transport/local.js';
import type { OpenMachines, OpenMachinesOptions } from './machines.js';

/** The computer that this runs on, as the one machine of a run: no SSH, no login, and so nothing of a kmon.yaml. Opens nothing by itself. */
export function openThisComputer(o: OpenMachinesOptions): OpenMachines {
  let opened: Promise<OpenRunner> | undefined;
  const open = ({ name }: Machine): Promise<OpenRunner> =>
    openRunner({
      machine: name,
      transport: localTransport(name),
      dryRun: o.dryRun,
      trace: o.emit,
      ...(o.along === undefined ? {} : { along: o.along }),
      askPassword: async () => {
        const secret = await o.prompter?.secret(`Password for sudo on ${name}:`);
        if (secret !== undefined) o.onSecret(secret);
        return secret;
      },
    });
  const once = (machine: Machine): Promise<OpenRunner> => (opened ??= open(machine));
  return {
    open: async (machine) => (await once(machine)).runner,
    untold: async (machine) => (await once(machine)).untold,
    listen: (machine) =>
      Promise.reject(new KmonError('bug', 'this computer is not reached from elsewhere', { machine })),
    forward: (machine) =>
      Promise.reject(new KmonError('bug', 'nothing leads elsewhere from this computer', { machine })),
    // There is no connection to make anew.
    redial: async () => undefined,
    // A room of one has no others.
    other: async () => undefined,
    close: async () => {
      // What could not be opened has nothing to take away.
      await Promise.allSettled([opened?.then((computer) => computer.leave())]);
    },
  };
}
