import { configSchemaText } from '../../config/schema.js';
import type { Io } from '../io.js';

/** `kmon config schema` */
export async function printConfigSchema({ stdout }: Io): Promise<number> {
  stdout.write(configSchemaText());
  return 0;
}
