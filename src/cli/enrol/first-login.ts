import { setTimeout as delay } from 'node:timers/promises';
import type { Laptop } from '../../enrol/registration.js';
import { KmonError } from '../../errors/kmon-error.js';
import { hostKeyAlgorithms } from '../../transport/host-keys/algorithms.js';
import { keyType } from '../../transport/host-keys/known-hosts.js';
import { dial } from '../../transport/ssh.js';
import { harmlessLine } from '../../ui/harmless.js';
import type { KmonKey } from './kmon-key.js';

const CONNECT_MS = 10_000;

/** An SSH server that is told to read its settings anew listens to nobody for a moment: for seconds on a busy laptop. */
const LISTENS_WITHIN_MS = 12_000;
const AGAIN_MS = 300;

/** As `dial`. */
type Dial = typeof dial;

/**
 * Logs in at a laptop as it will be done from now on, and takes no other host key than those by which the laptop is to be believed.
 *
 * @returns what is wrong, for both sides, in one line; `undefined`: root answers
 */
export async function firstLogin(
  laptop: Laptop,
  key: KmonKey,
  signal: AbortSignal,
  dialling: Dial = dial,
): Promise<string | undefined> {
  const { name, address, port, hostKeys } = laptop;
  try {
    const dialled = await onceItListens(dialling)(
      {
        machine: name,
        host: address,
        port,
        user: 'root',
        offers: [{ kind: 'key', label: "kmon's key", key: key.privateKey }],
        hostKeyAlgorithms: hostKeyAlgorithms(hostKeys.map(keyType)),
        judgeHostKey: async (shown) => (hostKeys.some((k) => k.equals(shown)) ? undefined : otherKey(laptop)),
        connectTimeoutMs: CONNECT_MS,
      },
      signal,
    );
    if (dialled.kind === 'refused')
      return `the SSH server of ${name} refuses kmon's key for root${dialled.said === '' ? '' : `: ${harmlessLine(dialled.said)}`}`;
    const { connection } = dialled;
    try {
      const { stdout } = await connection.exec('id -u', { timeoutMs: CONNECT_MS });
      return stdout.trim() === '0' ? undefined : `kmon's key does not lead to root on ${name}`;
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof KmonError) || error.code === 'interrupted') throw error;
    return harmlessLine(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
  }
}

function onceItListens(dialling: Dial): Dial {
  return async (target, signal) => {
    const until = performance.now() + LISTENS_WITHIN_MS;
    for (;;) {
      try {
        return await dialling(target, signal);
      } catch (error) {
        if (!refusesConnections(error) || performance.now() > until) throw error;
      }
      await delay(AGAIN_MS);
    }
  };
}

function refusesConnections(error: unknown): boolean {
  if (!(error instanceof KmonError) || !(error.cause instanceof Error)) return false;
  return 'code' in error.cause && error.cause.code === 'ECONNREFUSED';
}

function otherKey({ name, address }: Laptop): KmonError {
  return new KmonError('host-key-changed', `${address} shows none of the host keys of ${name}`, {
    machine: name,
    hint: 'somebody may be posing as the laptop, or its network hides it behind another one',
  });
}
