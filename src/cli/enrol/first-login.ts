import type { Laptop } from '../../enrol/registration.js';
import { KmonError } from '../../errors/kmon-error.js';
import { hostKeyAlgorithms } from '../../transport/host-keys/algorithms.js';
import { keyType } from '../../transport/host-keys/known-hosts.js';
import { dial } from '../../transport/ssh.js';
import { harmlessLine } from '../../ui/harmless.js';
import type { KmonKey } from './kmon-key.js';

const CONNECT_MS = 10_000;

/**
 * Logs in at a laptop as it will be done from now on, and takes no other host key than those by which the laptop is to be believed.
 *
 * @returns what is wrong, for both sides, in one line; `undefined`: root answers
 */
export async function firstLogin(
  laptop: Laptop,
  key: KmonKey,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { name, address, port, hostKeys } = laptop;
  try {
    const dialled = await dial(
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

function otherKey({ name, address }: Laptop): KmonError {
  return new KmonError('host-key-changed', `${address} shows none of the host keys of ${name}`, {
    machine: name,
    hint: 'somebody may be posing as the laptop, or its network hides it behind another one',
  });
}
