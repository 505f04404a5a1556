import type { OtherComputer, OtherSight } from './computer.js';
import * as mac from './macos-commands.js';
import { parseMacLook } from './macos-look.js';
import * as windows from './windows-commands.js';
import { parseWindowsLook } from './windows-look.js';
import type { OtherReader } from '../runner/open-other.js';
import { withOptions } from '../shell/command.js';

/** One look, in one round trip. Changes nothing. */
export async function lookAtOther(other: OtherReader, computer: OtherComputer): Promise<OtherSight> {
  if (other.family === 'windows') {
    return parseWindowsLook(await other.run.query(windows.lookAtWindows(computer)), computer);
  }
  const look = withOptions(mac.lookAtMac(computer), { ok: 'any' });
  return parseMacLook((await other.run.query(look)).stdout, computer);
}
