import type { ErrorCode } from '../errors/exit-codes.js';
import { asWritten, value } from './option.js';
import { SHOWING } from './room-options.js';

/** Options of every command of the lab. */
export const LAB_OPTIONS = {
  ...SHOWING,
  name: value({
    flag: '--name',
    operand: 'name',
    parse: asWritten,
    help: 'name of the lab; by itself the one of the kmon.yaml here, otherwise lab',
  }),
};

/** How any of them may end. */
export const LAB_EXIT_CODES: readonly ErrorCode[] = ['command', 'timeout', 'precondition', 'interrupted'];
