import { anyWord } from './argument.js';
import { asWritten, notWith, value } from './option.js';
import { BREAK_LOCK } from './room-options.js';

/** Options of several commands about teams. */
export const TEAMS_CONTEXT = value({
  flag: '--context',
  operand: 'name',
  parse: asWritten,
  help: 'the cluster of this kubeconfig context instead of the room',
});

export const ROOMS_LOCK = notWith('--context', BREAK_LOCK);

export const ONE_TEAM = anyWord({ name: 'team', help: 'this team and no other' });
