import type { ErrorCode } from '../errors/exit-codes.js';

/** How a command may end that reads a kmon.yaml and asks machines something. */
export const ASKING: readonly ErrorCode[] = [
  'config',
  'unreachable',
  'login-refused',
  'host-key-changed',
  'connection-lost',
  'host-key-unknown',
  'no-sudo',
  'not-a-node',
  'command',
  'timeout',
  'precondition',
  'interrupted',
];

/** How a command may end that changes machines too, and proves it. */
export const PROVING: readonly ErrorCode[] = [...ASKING, 'not-verified'];

/** The same where some machines may be set aside while the others go on. */
export const SETTING_ASIDE: readonly ErrorCode[] = [...PROVING, 'partial'];
