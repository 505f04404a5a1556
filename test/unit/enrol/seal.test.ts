import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keyOf, sealed, unsealed } from '../../../src/enrol/seal.js';
import { makeWord, shownWord, WORD_BITS } from '../../../src/enrol/words.js';

describe('a word', () => {
  it('has twelve signs of which none is read as another, and 60 bits', () => {
    const words = Array.from({ length: 500 }, makeWord);
    for (const word of words) expect(word).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/);
    expect(new Set(words).size).toBe(500);
    // Every sign comes up.
    expect(new Set(words.join('')).size).toBe(32);
    expect(WORD_BITS).toBe(60);
  });

  it('is shown in three groups', () => {
    expect(shownWord('k7mqx2fp9dtw')).toBe('k7mq-x2fp-9dtw');
  });
});

describe('a seal', () => {
  const key = keyOf('k7mqx2fp9dtw');
  const text = 'kmon-enrol 1 ask\nnonce é %s \\n $HOME\n';

  it('is taken off again', () => {
    expect(sealed(key, text)).toMatch(/^kmon-enrol 1 ask\nnonce é %s \\n \$HOME\nseal [0-9a-f]{64}\n$/);
    expect(unsealed(key, sealed(key, text))).toBe(text);
  });

  const good = sealed(key, text);
  it.each([
    ['of another word', sealed(keyOf('k7mqx2fp9dtx'), text)],
    ['of another text', good.replace('nonce', 'nonsense')],
    ['of a text with one more line', good.replace('nonce', 'more x\nnonce')],
    ['cut', good.slice(0, -2)],
    ['with something behind it', `${good}more\n`],
    ['twice', `${good}${good}`],
    ['in capitals', good.replace(/seal .*/, (seal) => seal.toUpperCase())],
    ['without a text', 'seal '.padEnd(69, '0')],
    ['none', text],
    ['nothing', ''],
  ])('%s is none', (_, forged) => {
    expect(unsealed(key, forged)).toBeUndefined();
  });

  // RFC 4231 has no key of 64 hexadecimal signs: node's own HMAC is the judge of the script's.
  it.each(['dash', 'bash', 'busybox'])('is made the same in %s', (shell) => {
    const template = readFileSync(new URL('../../../templates/enrol/letters.sh', import.meta.url), 'utf8');
    const functions = ['sum256', 'hmac', 'bytes'].map((name) => {
      const [found = ''] = new RegExp(`^${name}\\(\\) \\{\n[\\s\\S]*?^\\}\n`, 'm').exec(template) ?? [];
      expect(found).not.toBe('');
      return found;
    });
    for (const word of ['000000000000', 'k7mqx2fp9dtw', 'zzzzzzzzzzzz']) {
      const script = `LC_ALL=C; KEY=${keyOf(word)}\n${functions.join('')}hmac`;
      const { stdout, error } = spawnSync(shell, [...(shell === 'busybox' ? ['sh'] : []), '-c', script], {
        encoding: 'utf8',
        input: text,
      });
      if (error === undefined) expect(`${text}seal ${stdout}`).toBe(sealed(keyOf(word), text));
    }
  });
});
