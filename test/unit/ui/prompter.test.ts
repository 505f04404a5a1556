import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createPrompter } from '../../../src/ui/prompter.js';
import type { Prompter } from '../../../src/ui/prompter.js';

function keyboard() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let shown = '';
  stderr.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const stop = new AbortController();
  const prompter = createPrompter({
    stdin: stdin as unknown as NodeJS.ReadStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    signal: stop.signal,
  });
  if (prompter === undefined) throw new Error('no prompter on a terminal');
  /** Types once the question stands there, as a person would. */
  const answer = async <T>(question: Promise<T>, keys: string, text = 'Q'): Promise<T> => {
    // Handled below; a rejection before `await` must not count as unhandled.
    question.catch(() => undefined);
    await vi.waitFor(() => {
      expect(shown).toContain(text);
    });
    stdin.write(keys);
    return question;
  };
  const type = (keys: string): void => void stdin.write(keys);
  return { prompter, answer, type, stop, shown: () => shown };
}

const interrupted = expect.objectContaining({ code: 'interrupted' }) as unknown;

describe('questions', () => {
  it('do not show a secret, and give it as a Secret', async () => {
    const { prompter, answer, shown } = keyboard();
    const secret = await answer(prompter.secret('Q: sudo password on pc-12?'), 'hunter2\n');
    expect(secret.reveal()).toBe('hunter2');
    expect(shown()).toContain('sudo password on pc-12?');
    expect(shown()).not.toContain('hunter2');
  });

  it.each([
    ['\n', false],
    ['n\n', false],
    ['what\n', false],
    ['y\n', true],
    ['Yes\n', true],
  ])('take %j for %s', async (keys, expected) => {
    const { prompter, answer } = keyboard();
    expect(await answer(prompter.confirm('Q: go on?'), keys)).toBe(expected);
  });

  it.each([
    ['atelier-1\n', true],
    [' atelier-1 \n', true],
    ['Atelier-1\n', false],
    ['y\n', false],
    ['\n', false],
  ])('compare what was typed: %j is %s', async (keys, expected) => {
    const { prompter, answer } = keyboard();
    expect(await answer(prompter.typed('Q: name of the room?', 'atelier-1'), keys)).toBe(expected);
  });

  it.each([
    [' pc-11 \n', undefined, 'pc-11'],
    ['\n', undefined, ''],
    ['\n', 'atelier-1', 'atelier-1'],
    ['x\n', 'atelier-1', 'x'],
  ])('take %j as text, with the standard %s', async (keys, standard, expected) => {
    const { prompter, answer } = keyboard();
    const asked = prompter.text('Q: name?', standard === undefined ? {} : { standard });
    expect(await answer(asked, keys)).toBe(expected);
  });

  it('let a standard be changed', async () => {
    const { prompter, answer } = keyboard();
    const asked = prompter.text('Q: address?', { standard: '192.168.1.1', edit: true });
    expect(await answer(asked, '2\n')).toBe('192.168.1.12');
  });

  it('say what is wrong with a text, and let it be changed', async () => {
    const { prompter, answer, shown, type } = keyboard();
    const seen: string[] = [];
    const asked = prompter.text('Q: address?', {
      wrong: (text) => {
        seen.push(text);
        return text === '10.0.0.1' ? undefined : `it must be an address\u0007, not ${text}`;
      },
    });
    void answer(asked, ' 10.0.0.\n');
    await vi.waitFor(() => {
      expect(shown()).toContain('it must be an address\\x07, not 10.0.0.');
    });
    // The end of what was typed stands behind a space that was typed too.
    type('\u007f'.repeat(10) + '10.0.0.1\n');
    expect(await asked).toBe('10.0.0.1');
    expect(seen).toEqual(['10.0.0.', '10.0.0.1']);
  });

  it.each([
    ['\n', 'keep'],
    ['\u001b[B\n', 'drop'],
  ])('let one be chosen: %j', async (keys, expected) => {
    const { prompter, answer, shown } = keyboard();
    const asked = prompter.choose('Q: what now?', [
      { label: 'keep it\u0007', value: 'keep' },
      { label: 'leave it out', value: 'drop' },
    ]);
    expect(await answer(asked, keys)).toBe(expected);
    expect(shown()).toContain('keep it\\x07');
  });

  const all: readonly [string, (p: Prompter) => Promise<unknown>][] = [
    ['secret', (p) => p.secret('Q')],
    ['confirm', (p) => p.confirm('Q')],
    ['typed', (p) => p.typed('Q', 'x')],
    ['text', (p) => p.text('Q')],
    ['choose', (p) => p.choose('Q', [{ label: 'a', value: 1 }])],
  ];
  it.each(all)('end as interrupted on Ctrl-C: %s', async (_, ask) => {
    const { prompter, answer } = keyboard();
    await expect(answer(ask(prompter), '\u0003')).rejects.toEqual(interrupted);
  });

  it('end as interrupted when the run is stopped', async () => {
    const { prompter, stop } = keyboard();
    const asked = prompter.confirm('Q');
    stop.abort();
    await expect(asked).rejects.toEqual(interrupted);
  });

  it('cannot be made to control the terminal', async () => {
    const { prompter, answer, shown } = keyboard();
    await answer(prompter.confirm('Q: pc\u001b]0;owned\u0007?'), 'n\n');
    expect(shown()).not.toContain('owned');
  });
});

describe('without a terminal', () => {
  it.each([
    [false, true],
    [true, false],
    [false, false],
  ])('there is nobody to ask (stdin %s, stderr %s)', (stdin, stderr) => {
    const options = { stdin: { isTTY: stdin }, stderr: { isTTY: stderr } };
    expect(createPrompter(options as unknown as Parameters<typeof createPrompter>[0])).toBeUndefined();
  });
});
