import type { RoomNetwork } from '../../computers/computer.js';
import type { ComputerStage } from '../../engine/stage.js';
import { onParent, satisfied } from '../../engine/stage.js';
import { exporterOpening } from '../../resources/exporter-opening.js';
import type { Observed } from '../../room/machine.js';
import type { KnownRoom } from '../../room/room.js';
import type { OtherReader } from '../../runner/open-other.js';
import { whose } from '../machine/whose.js';

/** `undefined`: it runs a system that kmon has no commands for. */
type Family = OtherReader['family'] | undefined;

/** Opens the port of a computer's exporter in its firewall, for the network of the room alone. */
export function openExporter(network: (computer: Observed) => RoomNetwork): ComputerStage<Family, KnownRoom> {
  return {
    id: 'open-exporter',
    title: 'Open the exporters of observed computers',
    after: onParent(whose),
    on: 'observed',
    settleMs: 0,
    look: async (c) => (await c.reach())?.family,
    judge: () => satisfied('as it should be'),
    resources: (family, { machine }) => {
      if (family === undefined) return [];
      return [exporterOpening(family, { port: machine.exporterPort, subnet: network(machine).subnet })];
    },
  };
}
