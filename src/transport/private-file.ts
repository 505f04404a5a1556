import { open } from 'node:fs/promises';
import { KmonError } from '../errors/kmon-error.js';
import { Secret } from '../shell/secret.js';

/**
 * The bytes of a file that only its owner may read: a private key, a file with a password.
 *
 * @param what how people call the file: "ssh key", "sudo password file"
 * @throws KmonError `config` when it cannot be read, or when others can read it too.
 */
export async function readPrivateFile(file: string, what: string): Promise<Buffer> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, what, cause);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile())
      throw new KmonError('config', `the ${what} ${file} is not a file`, {
        hint: 'correct its path in kmon.yaml',
      });
    if ((stat.mode & 0o077) !== 0) {
      const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
      throw new KmonError('config', `the ${what} ${file} is open to other users (mode ${mode})`, {
        hint: `chmod 600 ${file}`,
      });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The first line of a password file. @throws KmonError `config` as `readPrivateFile`, or when the line is empty. */
export async function readPasswordFile(file: string, what: string): Promise<Secret> {
  const text = (await readPrivateFile(file, what)).toString('utf8');
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  if (line === '')
    throw new KmonError('config', `the ${what} ${file} is empty`, {
      hint: 'write the password on its first line',
    });
  return new Secret(line);
}

function unreadable(file: string, what: string, cause: unknown): KmonError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return new KmonError(
    'config',
    missing ? `the ${what} ${file} does not exist` : `the ${what} ${file} cannot be read`,
    {
      hint: missing
        ? 'correct its path in kmon.yaml'
        : `make it readable for you alone (chmod 600 ${file}, and see who owns it)`,
      cause,
    },
  );
}
