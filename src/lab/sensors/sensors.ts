import { KmonError } from '../../errors/kmon-error.js';
import { findEngine } from '../container-engine.js';
import { findMachines } from '../inventory.js';
import { namedMachine } from '../named-machine.js';
import { checkLabName } from '../names.js';
import { runProgram } from '../process.js';
import { requireRoot } from '../root.js';
import { settings } from '../settings.js';
import { readTemplate } from '../templates.js';
import { SENSORS } from './kinds.js';
import type { SensorKind } from './kinds.js';
import { sensorTree } from './tree.js';

/**
 * Gives a machine the temperature sensors of some kind of computer, in place of those that it had. They stay when it is started anew. What
 * runs in it sees the first ones only if it was started after them, and another kind at once.
 *
 * @throws KmonError `usage` when the lab has no such machine, `precondition` when it does not run.
 */
export async function labSensors(o: {
  readonly name: string;
  readonly machine: string;
  readonly kind: SensorKind;
}): Promise<void> {
  checkLabName(o.name);
  requireRoot();
  const engine = await findEngine(runProgram);
  const machine = namedMachine(o.name, await findMachines(engine, o.name), o.machine);
  if (!machine.running) {
    throw new KmonError('precondition', 'the machine does not run, so it has no sensors', {
      machine: machine.name,
      hint: 'start it with kmon lab up',
    });
  }
  const input = await sensorScript(o.kind);
  await engine.run(['exec', '--interactive', machine.container, 'sh', '-s'], { input });
}

/** The script that does it, for the `sh` of the machine. */
export async function sensorScript(kind: SensorKind): Promise<string> {
  const { files, links } = sensorTree(SENSORS[kind]);
  const lines = (entries: Readonly<Record<string, string>>): string =>
    Object.entries(entries)
      .map(([path, text]) => `${path}\t${text}`)
      .join('\n');
  const values = {
    files: lines(files),
    links: lines(links),
    mounts: await readTemplate('sensors/mounts.sh'),
    service: await readTemplate('sensors/lab-sensors.service'),
  };
  return settings(values) + (await readTemplate('sensors/change.sh'));
}
