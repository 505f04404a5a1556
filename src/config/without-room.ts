import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Machine } from '../room/machine.js';
import type { ReadConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import { configPath, loadConfig } from './load.js';
import { readRoomId } from './room-id.js';
import { teamNames } from './sections/teams.js';

/**
 * What is used for a cluster that is no room's, reached by a kubeconfig context: of kmon.yaml the monitoring, the add-ons, the teams and the computers that are
 * only observed, or the defaults where there is no kmon.yaml and none is named. Machines (but for the names of their teams), logins and the bundle are the room's and stay out of it.
 * What is kept of the cluster lies in a folder of its own, so that it never takes the place of the room's; so does the id by which what this folder
 * made there is told from what others did.
 *
 * @throws KmonError `config` as `loadConfig`
 */
export async function configForContext(
  context: string,
  file: string | undefined,
  cwd: string,
): Promise<ReadConfig> {
  const path = configPath(file, cwd);
  const written = file !== undefined || (await isThere(path)) ? await loadConfig(file, cwd) : undefined;
  const stateDir = join(
    written?.stateDir ?? join(dirname(path), '.kmon'),
    'contexts',
    encodeURIComponent(context),
  );
  const roomId = await readRoomId(stateDir);
  return {
    file: path,
    stateDir,
    ...(roomId === undefined ? {} : { roomId }),
    room: { name: context, parent: placeOf(context), children: [], observed: written?.room.observed ?? [] },
    logins: {},
    knownHostsFiles: [],
    kubernetes: DEFAULTS.kubernetes,
    monitoring: written?.monitoring ?? DEFAULTS.monitoring,
    addons: written?.addons ?? DEFAULTS.addons,
    teams: written === undefined ? DEFAULTS.teams : { ...written.teams, names: teamNames(written) },
  };
}

/** Stands for the cluster where a machine of a room would stand. */
function placeOf(context: string): Machine {
  return { name: context, address: context, role: 'parent' };
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
