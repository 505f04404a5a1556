import { LABEL } from '../config/names.js';
import { isRoomId } from '../config/room-id.js';
import type { Argument } from './argument.js';
import { asWritten, notWith, onlyWith, value } from './option.js';
import { BREAK_LOCK } from './room-options.js';
import { WrongUse, WrongValue } from './wrong-use.js';

/** Options of several commands about teams. */
export const TEAMS_CONTEXT = value({
  flag: '--context',
  operand: 'name',
  parse: asWritten,
  help: 'the cluster of this kubeconfig context instead of the room',
});

export const ROOMS_LOCK = notWith('--context', BREAK_LOCK);

/** Part of the name of a file and of a path of the API: nothing but a name of a namespace comes through. */
export const ONE_TEAM: Argument<string | undefined> = {
  name: 'team',
  help: 'this team and no other',
  optional: true,
  read: (given) => {
    if (given === '') return undefined;
    if (LABEL.test(given)) return given;
    throw new WrongUse(
      `argument '${given}' is invalid for [team]. give a name of small letters, digits and hyphens, at most 63.`,
    );
  },
};

export const ADOPT = onlyWith(
  '--context',
  value({
    flag: '--adopt',
    operand: 'id',
    parse: (given) => {
      if (isRoomId(given)) return given;
      throw new WrongValue('give the id that the label kmon/owner has.');
    },
    help: 'take over the teams with this id (label kmon/owner): yours, from a folder that is lost',
  }),
);
