import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { Supply } from '../artifacts/supply.js';
import { relayDoors } from '../relay/doors.js';
import type { RelayDoors } from '../relay/doors.js';
import type { Origins } from '../relay/origins.js';
import { proxiesOf } from '../relay/proxies.js';
import { openRelay } from '../relay/relay.js';
import type { OpenMachines } from './machines.js';

/** What one room needs, twice: of two versions, or for two architectures. */
const BOUND_BYTES = 3e9;

/** A server that says nothing for so long lets the machines try for themselves. */
const SILENCE_MS = 20_000;

/** The relay of this computer, and how it ends. Opens nothing by itself. */
export interface RelayHere {
  readonly doors: RelayDoors;
  /** Never rejects. */
  close(): Promise<void>;
}

/** Where several machines fetch the same, unless kmon.yaml says otherwise; with a bundle nothing of it is fetched. */
export function isRelayed({ relay, room }: Config, { fetched }: Supply): boolean {
  return fetched && (relay ?? room.children.length > 0);
}

/** @param env Names this computer's proxies, and `KMON_CACHE`, where what can be made again lies. */
export function relayHere(
  origins: Origins,
  { listen }: Pick<OpenMachines, 'listen'>,
  env: Readonly<Record<string, string | undefined>>,
): RelayHere {
  const named = env['KMON_CACHE'] ?? '';
  const relay = openRelay({
    origins,
    folder: join(named === '' ? join(homedir(), '.cache', 'kmon') : named, 'relay'),
    boundBytes: BOUND_BYTES,
    proxyFor: proxiesOf(env),
    silenceMs: SILENCE_MS,
  });
  return { doors: relayDoors(relay, listen), close: () => relay.close() };
}
