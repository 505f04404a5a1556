import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ReadConfig } from '../../config/config.js';
import { configOf, configPath, loadConfig, shownPath } from '../../config/load.js';
import { contractPath } from '../../config/paths.js';
import { enterChild } from '../../config/writing/enter-child.js';
import { keysToBelieve, objectionOf } from '../../enrol/objection.js';
import type { Laptop } from '../../enrol/registration.js';
import { KmonError } from '../../errors/kmon-error.js';
import { entriesFor } from '../../transport/host-keys/known-hosts.js';
import { readKnownHosts, repinHostKeys } from '../../transport/host-keys/pins.js';
import { readExisting, saveRoom } from '../new/save.js';
import { hasComeAgain } from './given-back.js';

/** kmon.yaml while laptops are written into it. */
export interface RoomFile {
  /** As it was last read. */
  readonly config: ReadConfig;
  /** The keys by which a machine of the room is known, as last read. */
  pinned(machine: string): readonly Buffer[];
  /**
   * Reads it anew, so that what somebody has edited meanwhile stays, writes the laptop into it, and pins its host keys. One at a time; what would not
   * be a kmon.yaml any more is not written, nor a laptop that cannot be in the room as it is by now.
   *
   * @throws KmonError `config`
   */
  enter(laptop: Laptop, team: string | undefined, keyFile: string): Promise<void>;
}

export async function openRoomFile(file: string | undefined, cwd: string): Promise<RoomFile> {
  const path = configPath(file, cwd);
  const read = async (): Promise<Now> => withPins(await loadConfig(file, cwd));
  let now = await read();
  let turn: Promise<void> = Promise.resolve();
  const enter: RoomFile['enter'] = async (laptop, team, keyFile) => {
    const text = await readExisting(path);
    if (text === undefined)
      throw new KmonError('config', `${shownPath(path, cwd)} is gone`, { hint: 'put it back' });
    refuseOther(await withPins(await configOf(text, path, shownPath(path, cwd))), laptop);
    const { name, address, port, hostKeys } = laptop;
    const written = enterChild(text, {
      address,
      name,
      ...(team === undefined ? {} : { team }),
      port,
      guest: laptop.guest !== undefined,
      user: 'root',
      key: contractPath(keyFile, { folder: dirname(path), home: homedir() }),
    });
    const { stateDir } = await configOf(written, path, shownPath(path, cwd));
    await saveRoom(path, written, true);
    await repinHostKeys(pinsOf(stateDir), address, port, hostKeys);
    await hasComeAgain(stateDir, name);
    now = await read();
  };
  return {
    get config() {
      return now.config;
    },
    pinned: (machine) => now.keys.get(machine) ?? [],
    enter: async (...args) => {
      const next = turn.then(() => enter(...args));
      turn = next.catch(() => undefined);
      await next;
    },
  };
}

interface Now {
  readonly config: ReadConfig;
  readonly keys: ReadonlyMap<string, readonly Buffer[]>;
}

async function withPins(config: ReadConfig): Promise<Now> {
  const known = await readKnownHosts([pinsOf(config.stateDir)]);
  const keys = Object.entries(config.logins).map(
    ([name, { host, port = 22 }]) =>
      [
        name,
        entriesFor(
          known.filter((entry) => !entry.revoked),
          host,
          port,
        ).map((entry) => entry.key),
      ] as const,
  );
  return { config, keys: new Map(keys) };
}

/** The laptop was looked at before the teacher agreed: what has been edited since may be about another machine. */
function refuseOther({ config, keys }: Now, laptop: Laptop): void {
  const pinned = (machine: string): readonly Buffer[] => keys.get(machine) ?? [];
  const wrong =
    objectionOf(config.room, laptop, pinned)?.wrong ??
    (keysToBelieve(laptop, pinned(laptop.name)).length === laptop.hostKeys.length
      ? undefined
      : `${laptop.name} is known by other host keys by now`);
  if (wrong !== undefined)
    throw new KmonError('config', wrong, { machine: laptop.name, hint: 'run the line there again' });
}

function pinsOf(stateDir: string): string {
  return join(stateDir, 'known_hosts');
}
