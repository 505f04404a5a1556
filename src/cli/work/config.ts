import { configSchemaText } from '../../config/schema.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';

/** `kmon config schema` */
export function configSchemaCommand(io: Io): Promise<number> {
  return withView(io, {}, async (view) => {
    view.result(configSchemaText().trimEnd());
    return 0;
  });
}
