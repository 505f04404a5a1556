import { KmonError } from '../errors/kmon-error.js';
import type { FoundMachine } from './inventory.js';

/** @throws KmonError `usage` when the lab has no machine of that name. */
export function namedMachine(lab: string, machines: readonly FoundMachine[], name: string): FoundMachine {
  const machine = machines.find((found) => found.name === name);
  if (machine !== undefined) return machine;
  throw new KmonError('usage', `lab ${lab} has no machine ${name}`, {
    hint:
      machines.length === 0
        ? `make the lab with kmon lab up`
        : `choose among: ${machines.map((m) => m.name).join(', ')}`,
  });
}
