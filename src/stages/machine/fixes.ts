import type { FixableCode } from '../../findings/index.js';
import { reachedPorts } from '../../room/ports.js';
import { roomNetwork } from '../../findings/devices.js';
import { formatSubnet } from '../../config/subnet.js';
import type { MachineContext } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { clock, readClock, startedMs } from '../../resources/clock.js';
import { FIREWALL_NAMES, firewallOpening } from '../../resources/firewall-opening.js';
import { firewalldFiles } from '../../resources/firewalld-files.js';
import { hostsEntry } from '../../resources/hosts-entry.js';
import type { Resource } from '../../resources/resource.js';
import { sleepInhibitor } from '../../resources/sleep-inhibitor.js';

/** What is put right by resources alone; a leased address has a stage of its own, and no stage touches what is only observed. */
export type ResourceFix = Exclude<FixableCode, 'K-LEASE' | 'K-OBSERVED'>;

/** What `kmon check` saw of the whole room: the run that puts things right is connected to the machines that need it, and to no others. */
export interface RoomSeen {
  /** The time of the room, as milliseconds ahead of this computer's clock. */
  readonly clockMs: number;
}

/** What must be so on the machine for a finding to go away. May look at it. */
export const FIXES: Readonly<
  Record<ResourceFix, (m: MachineContext, room: RoomSeen) => Promise<readonly Resource[]>>
> = {
  'K-FIREWALL': async (m) => firewall(m),
  'K-FORWARD': async (m) => firewall(m),
  'K-HOSTNAME-UNKNOWN': async (m) => [ownName(m)],
  'K-CLOCK': async (m, room) => [await rightClock(m, room)],
  'K-SLEEP': async () => [sleepInhibitor()],
};

export function isResourceFix(code: FixableCode): code is ResourceFix {
  return Object.hasOwn(FIXES, code);
}

/** All kinds of firewall: those that drop nothing are satisfied, and several may be on at once. */
function firewall(m: MachineContext): readonly Resource[] {
  const network = roomNetwork(m);
  if (network === undefined) {
    throw new KmonError(
      'precondition',
      `the machine does not have the address ${m.machine.address} of kmon.yaml`,
      { hint: 'write the address that it has into kmon.yaml: the firewall is opened for its network only' },
    );
  }
  const ports = reachedPorts(m.machine, m.config).map(({ protocol, port }) => `${protocol} ${port}`);
  const opening = { room: formatSubnet(network), pods: m.config.kubernetes.podSubnet, ports };
  const openings = FIREWALL_NAMES.map((system) => firewallOpening({ system, ...opening }));
  return m.facts.firewalls.includes('firewalld') ? [...openings, ...firewalldFiles(opening)] : openings;
}

/** By the address that Debian gives a machine without a fixed one: it is right whatever the network does. */
function ownName({ facts }: MachineContext): Resource {
  return hostsEntry({ block: 'kmon-name', entries: [{ address: '127.0.1.1', names: [facts.hostname] }] });
}

/** Right is what the median of the room shows. */
async function rightClock(m: MachineContext, { clockMs }: RoomSeen): Promise<Resource> {
  const offMs = m.facts.clockOffsetMs - clockMs;
  const { stdout } = await m.run.query(readClock);
  return clock({ startedMs: startedMs(stdout) - Math.round(offMs) });
}
