import { open } from 'node:fs/promises';
import { KmonError } from '../errors/kmon-error.js';
import { textOfBytes } from '../here/decode-text.js';
import type { Platform } from '../here/platform/platform.js';
import { thisPlatform } from '../here/platform/this-platform.js';
import { Secret } from '../shell/secret.js';

/**
 * The bytes of a file that only its owner may read: a private key, a file with a password.
 *
 * @param what how people call the file: "ssh key", "sudo password file"
 * @throws KmonError `config` when it cannot be read, or when others can read it too.
 */
export async function readPrivateFile(
  file: string,
  what: string,
  platform: Platform = thisPlatform,
): Promise<Buffer> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, what, cause, platform);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile())
      throw new KmonError('config', `the ${what} ${file} is not a file`, {
        hint: 'correct its path in kmon.yaml',
      });
    const exposed = platform.readers(file, stat);
    if (exposed !== undefined)
      throw new KmonError('config', `the ${what} ${file} is open to other users (${exposed.how})`, {
        hint: exposed.remedy,
      });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The first line of a password file. @throws KmonError `config` as `readPrivateFile`, or when the line is empty. */
export async function readPasswordFile(file: string, what: string): Promise<Secret> {
  const text = textOfBytes(await readPrivateFile(file, what));
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  if (line === '')
    throw new KmonError('config', `the ${what} ${file} is empty`, {
      hint: 'write the password on its first line',
    });
  return new Secret(line);
}

function unreadable(file: string, what: string, cause: unknown, platform: Platform): KmonError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return new KmonError(
    'config',
    missing ? `the ${what} ${file} does not exist` : `the ${what} ${file} cannot be read`,
    {
      hint: missing
        ? 'correct its path in kmon.yaml'
        : platform.name === 'windows'
          ? 'make it readable for you (Properties, Security)'
          : `make it readable for you alone (chmod 600 ${file}, and see who owns it)`,
      cause,
    },
  );
}
