import type { CommonOptions } from '../flags.js';
import type { Io } from '../io.js';
export function stress(_io: Io, _o: CommonOptions): Promise<number> { throw new Error('soon'); }
