import { ADOPT_UNOWNED } from '../cluster/owner.js';
import { nearestKey } from '../config/mistakes/suggest.js';
import type { AddonName, ReadConfig } from '../config/config.js';
import { isRoomId } from '../config/room-id.js';
import { ADDON_NAMES, isAddonName } from '../config/sections/addons.js';
import type { Argument } from './argument.js';
import { asWritten, notWith, value } from './option.js';
import { BREAK_LOCK, CONFIG, DRY_RUN, SHOWING } from './room-options.js';
import { WrongUse, WrongValue } from './wrong-use.js';

/** Options of several commands about add-ons. */
export const ADDONS_CONTEXT = value({
  flag: '--context',
  operand: 'name',
  parse: asWritten,
  help: 'the cluster of this kubeconfig context instead of the room',
});

/** `kmon/owner` of an add-on that was made from a folder that is lost. */
const ADOPT = value({
  flag: '--adopt',
  operand: 'id',
  parse: (given): NonNullable<ReadConfig['adopts']> => {
    if (given === ADOPT_UNOWNED) return {};
    if (isRoomId(given)) return { owner: given };
    throw new WrongValue(
      `give the id that the label kmon/owner has, or ${ADOPT_UNOWNED} where there is no such label.`,
    );
  },
  help: `take it for one from here though its label kmon/owner is this one (${ADOPT_UNOWNED}: it has none): yours, from a folder that is lost`,
});

/** What a command has that changes one of them, on the room's cluster or another. */
export const CHANGING_ADDON = {
  dryRun: DRY_RUN,
  config: CONFIG,
  context: ADDONS_CONTEXT,
  adopt: ADOPT,
  ...SHOWING,
  breakLock: notWith('--context', BREAK_LOCK),
};

/** An add-on of the catalogue. */
export const ADDON: Argument<AddonName> = {
  name: 'add-on',
  help: 'its name, as `kmon addon list` shows it',
  words: ADDON_NAMES,
  read: (given) => named(given, '<add-on>'),
};

/** The same, or all. */
export const ANY_ADDON: Argument<AddonName | undefined> = {
  ...ADDON,
  help: 'this one and no other',
  optional: true,
  read: (given) => (given === '' ? undefined : named(given, '[add-on]')),
};

/** @throws WrongUse */
function named(given: string, place: string): AddonName {
  if (isAddonName(given)) return given;
  const near = nearestKey(given, ADDON_NAMES);
  const choice = `choose among: ${ADDON_NAMES.join(', ')}`;
  throw new WrongUse(
    `argument '${given}' is invalid for ${place}. there is no such add-on; ${near === undefined ? choice : `did you mean ${near}? ${choice}`}.`,
  );
}
