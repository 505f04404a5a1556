import type { SecretSource } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import { Secret } from '../shell/secret.js';
import { readPasswordFile } from './private-file.js';

/**
 * A secret out of the place that kmon.yaml names for it.
 *
 * @param what how people call it: "address of the webhook"
 * @throws KmonError `config` when it is not there, is empty, or can be read by others.
 */
export async function readGivenSecret(
  source: SecretSource,
  what: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Secret> {
  if ('file' in source) return readPasswordFile(source.file, `file with the ${what}`);
  const value = env[source.variable]?.trim() ?? '';
  if (value === '')
    throw new KmonError(
      'config',
      `the ${what} is to be in the variable ${source.variable}, which is not set`,
      {
        hint: `set it where kmon is started (export ${source.variable}=…), or name a file in kmon.yaml in its place`,
      },
    );
  return new Secret(value);
}
