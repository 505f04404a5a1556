import { KmonError } from '../errors/kmon-error.js';
import type { App } from './app.js';
import { asWritten, value } from './option.js';

/** With `--yes` it stands for a person who types the name of the room. */
export const ROOM_NAME = value({
  flag: '--room',
  operand: 'name',
  parse: asWritten,
  help: "the room's name, to confirm it without a terminal",
});

export interface ToConfirm {
  /** "teardown of pc-1 (192.168.1.10)": what "needs to be confirmed" stands behind. */
  readonly what: string;
  /** What a person is told in front of the name to type, as a sentence. */
  readonly told: string;
  /** The command as it would be typed without a terminal, up to `--yes`. */
  readonly command: string;
}

/**
 * What cannot be undone in a room is confirmed by the room's name, which nobody types for another room out of habit.
 *
 * @throws KmonError `usage` unless the room was named, by hand or by `--yes --room NAME`; nothing is changed until then.
 */
export async function confirmByRoom(
  { config, prompter }: Pick<App, 'config' | 'prompter'>,
  given: { readonly yes: boolean; readonly room: string | undefined },
  { what, told, command }: ToConfirm,
): Promise<void> {
  const { name } = config.room;
  if (given.yes && given.room === name) return;
  const unattended = { hint: `to do it without a terminal: ${command} --yes --room ${name}` };
  if (given.room !== undefined && given.room !== name)
    throw new KmonError(
      'usage',
      `--room says ${given.room}, the room is ${name}; nothing was changed`,
      unattended,
    );
  if (prompter === undefined) throw new KmonError('usage', `${what} needs to be confirmed`, unattended);
  const typed = await prompter.typed(`${told} Type the room's name (${name}) to go on:`, name);
  if (!typed) throw new KmonError('usage', 'that was not the name of the room; nothing was changed');
}
