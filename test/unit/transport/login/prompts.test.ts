import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/shell/secret.js';
import { askOnce } from '../../../../src/transport/login/prompts.js';

describe('askOnce', () => {
  it('asks each thing once, one after the other, and remembers that nobody was there', async () => {
    const asked: string[] = [];
    let open = 0;
    const ask = askOnce({
      async secret(question) {
        expect((open += 1)).toBe(1);
        asked.push(question);
        await new Promise((done) => setImmediate(done));
        open -= 1;
        return question === 'silent?' ? undefined : new Secret(question);
      },
    });
    const answers = await Promise.all([
      ask('a', 'one?'),
      ask('a', 'one?'),
      ask('b', 'two?'),
      ask('c', 'silent?'),
    ]);
    expect(answers.map((a) => a?.reveal())).toEqual(['one?', 'one?', 'two?', undefined]);
    expect(await ask('c', 'silent?')).toBeUndefined();
    expect(asked).toEqual(['one?', 'two?', 'silent?']);
  });

  it('goes on with the next question when one was broken off', async () => {
    const ask = askOnce({
      secret: async (question) => {
        if (question === 'first?') throw new Error('Ctrl-C');
        return new Secret('x');
      },
    });
    const first = ask('a', 'first?');
    const second = ask('b', 'second?');
    await expect(first).rejects.toThrow('Ctrl-C');
    expect((await second)?.reveal()).toBe('x');
  });
});
