import { KmonError } from '../../errors/kmon-error.js';
import { dial } from '../ssh.js';
import { hostKeyAlgorithms } from './algorithms.js';

/** Where somebody may answer, and which types of keys to ask for first. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly types: readonly string[];
}

/** A laptop in a busy Wi-Fi answers within a fraction of it; nobody at an address does not answer at all. */
const ANSWERS_WITHIN_MS = 2000;

/**
 * The host key that an SSH server shows, whose signature is verified; `undefined` when nobody answers. No login is tried, and nothing is pinned.
 *
 * @throws KmonError `interrupted`
 */
export async function shownKey(
  { host, port, types }: Asked,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  let shown: Buffer | undefined;
  const seen = new KmonError('host-key-unknown', 'seen');
  try {
    await dial(
      {
        machine: host,
        host,
        port,
        user: 'nobody',
        offers: [],
        hostKeyAlgorithms: hostKeyAlgorithms(types),
        judgeHostKey: async (key) => {
          shown = key;
          return seen;
        },
        connectTimeoutMs: ANSWERS_WITHIN_MS,
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof KmonError)) throw error;
    if (error.code === 'interrupted')
      throw new KmonError('interrupted', 'stopped by Ctrl-C; nothing was changed', { cause: error });
  }
  return shown;
}
