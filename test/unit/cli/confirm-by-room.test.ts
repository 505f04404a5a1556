import { describe, expect, it } from 'vitest';
import { confirmByRoom } from '../../../src/cli/confirm-by-room.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Prompter } from '../../../src/ui/prompter.js';
import { sampleConfig } from '../../support/sample-room.js';

const ROOM = sampleConfig().room.name;
const ABOUT = {
  what: 'removing the teams',
  told: 'This removes the teams.',
  command: 'kmon teams remove',
};

/** A person who types that, and nothing else. */
function typist(types: string, asked: string[]): Prompter {
  const never = (): never => {
    throw new Error('nobody asks for this');
  };
  return {
    secret: never,
    confirm: never,
    text: never,
    choose: never,
    typed: (question, expected) => {
      asked.push(question);
      return Promise.resolve(types === expected);
    },
  };
}

/** What came of it: nothing, or the message with its remedy. */
async function outcome(
  yes: boolean,
  room: string | undefined,
  types?: string,
): Promise<{ readonly text: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const prompter = types === undefined ? undefined : typist(types, asked);
  try {
    await confirmByRoom({ config: sampleConfig(), prompter }, { yes, room }, ABOUT);
    return { text: '', asked };
  } catch (error) {
    if (!(error instanceof KmonError)) throw error;
    expect(error.code).toBe('usage');
    return { text: `${error.message} ${error.hint ?? ''}`, asked };
  }
}

describe('what cannot be undone in a room', () => {
  it.each<[boolean, string | undefined, string | undefined]>([
    [true, ROOM, undefined],
    [true, ROOM, 'something else'],
    [false, undefined, ROOM],
    [true, undefined, ROOM],
    [false, ROOM, ROOM],
  ])('goes on: --yes %s, --room %s, typed %s', async (yes, room, types) => {
    expect((await outcome(yes, room, types)).text).toBe('');
  });

  it.each<[boolean, string | undefined, string | undefined, string]>([
    [false, undefined, undefined, 'removing the teams needs to be confirmed'],
    [true, undefined, undefined, 'removing the teams needs to be confirmed'],
    [false, ROOM, undefined, 'removing the teams needs to be confirmed'],
    [true, 'another', undefined, `--room says another, the room is ${ROOM}; nothing was changed`],
    [true, 'another', ROOM, `--room says another, the room is ${ROOM}; nothing was changed`],
    [true, '', undefined, `--room says , the room is ${ROOM}; nothing was changed`],
  ])('stops, and says how: --yes %s, --room %s, typed %s', async (yes, room, types, message) => {
    const { text, asked } = await outcome(yes, room, types);
    expect(text).toContain(message);
    expect(text).toContain(`to do it without a terminal: kmon teams remove --yes --room ${ROOM}`);
    expect(asked).toEqual([]);
  });

  it('stops where another name is typed', async () => {
    const { text, asked } = await outcome(false, undefined, 'another');
    expect(text).toContain('that was not the name of the room; nothing was changed');
    expect(asked).toEqual([`This removes the teams. Type the room's name (${ROOM}) to go on:`]);
  });
});
