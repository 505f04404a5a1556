import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ReadConfig } from '../../config/config.js';
import { configOf, configPath, loadConfig, shownPath } from '../../config/load.js';
import { contractPath } from '../../config/paths.js';
import { enterChild } from '../../config/writing/enter-child.js';
import type { Laptop } from '../../enrol/registration.js';
import { KmonError } from '../../errors/kmon-error.js';
import { entriesFor } from '../../transport/host-keys/known-hosts.js';
import { readKnownHosts, repinHostKeys } from '../../transport/host-keys/pins.js';
import { readExisting, saveRoom } from '../new/save.js';

/** kmon.yaml while laptops are written into it. */
export interface RoomFile {
  /** As it was last read. */
  readonly config: ReadConfig;
  /** The keys by which a machine of the room is known, as last read. */
  pinned(machine: string): readonly Buffer[];
  /**
   * Reads it anew, so that what somebody has edited meanwhile stays, writes the laptop into it, and pins its host keys. One at a time; what would not
   * be a kmon.yaml any more is not written.
   *
   * @throws KmonError `config`
   */
  enter(laptop: Laptop, team: string | undefined, keyFile: string): Promise<void>;
}

export async function openRoomFile(file: string | undefined, cwd: string): Promise<RoomFile> {
  const path = configPath(file, cwd);
  const read = async (): Promise<{
    readonly config: ReadConfig;
    readonly keys: ReadonlyMap<string, readonly Buffer[]>;
  }> => {
    const config = await loadConfig(file, cwd);
    const known = await readKnownHosts([pinsOf(config)]);
    const keys = Object.entries(config.logins).map(
      ([name, { host, port = 22 }]) =>
        [name, entriesFor(known, host, port).map((entry) => entry.key)] as const,
    );
    return { config, keys: new Map(keys) };
  };
  let now = await read();
  let turn: Promise<void> = Promise.resolve();
  const enter: RoomFile['enter'] = async (laptop, team, keyFile) => {
    const text = await readExisting(path);
    if (text === undefined)
      throw new KmonError('config', `${shownPath(path, cwd)} is gone`, { hint: 'put it back' });
    const { name, address, port, hostKeys } = laptop;
    const written = enterChild(text, {
      address,
      name,
      ...(team === undefined ? {} : { team }),
      port,
      user: 'root',
      key: contractPath(keyFile, { folder: dirname(path), home: homedir() }),
    });
    await configOf(written, path, shownPath(path, cwd));
    await repinHostKeys(pinsOf(now.config), address, port, hostKeys);
    await saveRoom(path, written, true);
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

function pinsOf({ stateDir }: ReadConfig): string {
  return join(stateDir, 'known_hosts');
}
