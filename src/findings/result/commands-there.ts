import { otherSystemCommands } from '../../computers/commands-text.js';
import type { OtherComputer, OtherSight } from '../../computers/computer.js';
import type { OtherSystem } from '../../errors/kmon-error.js';
import { EXPORTER_PORTS } from '../../room/ports.js';
import { allMachines } from '../../room/room.js';
import type { Finding } from '../index.js';
import { networkFor } from '../sight/room-network.js';
import type { Sight } from '../sight/sight.js';

/**
 * What is to be typed on the Windows and macOS computers that findings are about: complete, one text a computer, in the order of the findings.
 * A computer whose system is not known gets none.
 */
export function commandsThere(sight: Sight, findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((f) => {
    const there = whereTo(sight, f);
    if (there === undefined) return [];
    const { system, computer, look } = there;
    const text = otherSystemCommands(system, networkFor(sight, computer), computer, look);
    return text === '' ? [] : [text];
  });
}

function whereTo(
  sight: Sight,
  { code, severity, machine }: Finding,
):
  { readonly system: OtherSystem; readonly computer: OtherComputer; readonly look?: OtherSight } | undefined {
  const { room } = sight.config;
  if (code === 'K-NOT-LINUX' && severity === 'stops') {
    const node = allMachines(room).find((m) => m.name === machine);
    const system = sight.unseen.find((u) => u.machine === machine)?.error.context.system;
    if (node === undefined || system === undefined) return undefined;
    const { name, address } = node;
    return {
      system,
      computer: {
        name,
        address,
        exporterPort: EXPORTER_PORTS[system.family === 'windows' ? 'windows' : 'node'],
      },
    };
  }
  if (code !== 'K-OBSERVED') return undefined;
  const computer = room.observed.find((o) => o.name === machine);
  const seen = sight.observed?.find((o) => o.name === machine);
  if (computer === undefined || seen?.system === undefined || seen.elsewhere !== undefined) return undefined;
  return { system: seen.system, computer, ...(seen.look === undefined ? {} : { look: seen.look }) };
}
