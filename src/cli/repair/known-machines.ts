import { join } from 'node:path';
import type { ReadConfig } from '../../config/config.js';
import type { Machine } from '../../room/machine.js';
import { entriesFor, knownHostName } from '../../transport/host-keys/known-hosts.js';
import { readKnownHosts } from '../../transport/host-keys/pins.js';
import { resolveLogin } from '../../transport/login/resolved-login.js';
import type { Surroundings } from '../../transport/login/resolved-login.js';
import type { Known } from './seek.js';

/** A machine that cannot be looked for, and why. */
export interface Unknown {
  readonly name: string;
  readonly was: string;
  readonly is: 'unknown';
  readonly because: string;
}

/** By which keys each machine is known from here, where it is reached by the address of kmon.yaml. */
export async function knownMachines(
  config: ReadConfig,
  machines: readonly Machine[],
  around: Surroundings,
): Promise<readonly (Known | Unknown)[]> {
  return Promise.all(
    machines.map(async ({ name, address }) => {
      const login = config.logins[name];
      const unknown = (because: string): Unknown => ({ name, was: address, is: 'unknown', because });
      if (login === undefined) return unknown('kmon.yaml does not say how to log in');
      const { host, port, via, knownAs, knownHostsFiles } = resolveLogin(login, around);
      if (via !== undefined) return unknown(`it is reached through ${via.host}`);
      if (host !== address) return unknown(`it is reached by the name ${host}, not by its address`);
      const files = [join(config.stateDir, 'known_hosts'), ...config.knownHostsFiles, ...knownHostsFiles];
      const keys = await firstKeys(files, knownAs);
      return keys.length === 0
        ? unknown(`no host key is pinned for ${knownHostName(knownAs.host, knownAs.port)}`)
        : { name, address, port, keys };
    }),
  );
}

/** Of the first file that knows it, kmon's own before all others: an old line elsewhere may be of a machine that had this address once. */
async function firstKeys(
  files: readonly string[],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<readonly Buffer[]> {
  for (const file of files) {
    const keys = entriesFor(await readKnownHosts([file]), host, port).filter((entry) => !entry.revoked);
    if (keys.length > 0) return keys.map((entry) => entry.key);
  }
  return [];
}
