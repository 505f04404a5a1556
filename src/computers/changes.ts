import type { OtherComputer, OtherSight, RoomNetwork } from './computer.js';
import * as mac from './macos-commands.js';
import { parseMacLook } from './macos-look.js';
import * as windows from './windows-commands.js';
import { parseWindowsLook } from './windows-look.js';
import type { OtherRunner } from '../runner/open-other.js';
import { withOptions } from '../shell/command.js';

// What kmon does on Windows and macOS. There is no ledger there: kmon's rules on Windows are in a group of their own, and a Mac has a
// record of what was let in. So they are found again from any computer, and by nothing but that.

/** One look, in one round trip. Changes nothing. */
export async function lookAtOther(other: OtherRunner, computer: OtherComputer): Promise<OtherSight> {
  if (other.family === 'windows') {
    return parseWindowsLook(await other.run.query(windows.lookAtWindows(computer)), computer);
  }
  const look = withOptions(mac.lookAtMac(computer), { ok: 'any' });
  return parseMacLook((await other.run.query(look)).stdout, computer);
}

/** Opens the exporter's port in the firewall there, for the network of the room only. @throws KmonError `command` */
export async function openExporter(
  other: OtherRunner,
  computer: OtherComputer,
  room: RoomNetwork,
): Promise<void> {
  const intent = openingText(computer, room);
  if (other.family === 'windows') await other.run.mutate(intent, windows.openExporter(computer, room));
  else await other.run.mutate(intent, mac.openExporter(computer, room));
}

/** What `openExporter` does, for people. */
export function openingText({ exporterPort }: OtherComputer, { subnet }: RoomNetwork): string {
  return `open port ${exporterPort} in its firewall for ${subnet}`;
}

/** Takes back what `openExporter` ever did there: true when there was something. @throws KmonError `command` */
export async function closeExporter(other: OtherRunner, computer: OtherComputer): Promise<boolean> {
  const intent = 'close the port of the exporter again';
  if (other.family === 'windows') {
    // All of kmon's group, whatever port a rule is for: kmon.yaml may have named another one then.
    const said = await other.run.mutate(intent, windows.closeExporter);
    return Number(/^removed=(\d+)$/m.exec(said)?.[1] ?? 0) > 0;
  }
  if (!(await lookAtOther(other, computer)).opened) return false;
  await other.run.mutate(intent, mac.closeExporter);
  return true;
}
