import { describe, expect, it } from 'vitest';
import { harmlessLine, harmlessText } from '../../../src/ui/harmless.js';

const ESC = '\u001b';

describe('harmlessLine', () => {
  it.each([
    ['colours', `${ESC}[31mred${ESC}[0m`, 'red'],
    ['a cleared screen', `a${ESC}[2J${ESC}[Hb`, 'ab'],
    ['a window title', `a${ESC}]0;owned\u0007b`, 'ab'],
    ['line breaks and tabs', 'a\r\n\tb\nc', 'a b c'],
    ['a bell and a backspace', 'a\u0007b\u0008', 'a\\x07b\\x08'],
    ['a lone escape', `a${ESC}`, 'a\\x1b'],
    ['C1 controls', 'a\u009b31mb', 'ab'],
    ['text that turns round', 'user\u202etxt.exe', 'user\\u202etxt.exe'],
    ['accents and emoji', 'élève 🙂 中', 'élève 🙂 中'],
  ])('takes the power out of %s', (_, foreign, harmless) => {
    expect(harmlessLine(foreign)).toBe(harmless);
  });

  it('leaves no sequence that appears when another is cut out', () => {
    const nested = `${ESC}${ESC}[31m[2J`;
    expect(harmlessLine(nested)).not.toContain(ESC);
  });

  it('leaves no control character of any kind', () => {
    const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('x');
    expect(harmlessLine(all)).not.toMatch(/\p{Cc}/u);
    expect(harmlessText(all).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('harmlessText', () => {
  it('keeps lines, and makes a line of what would overwrite one', () => {
    expect(harmlessText('ok\rEVIL\r\nb\n')).toBe('ok\nEVIL\nb\n');
  });
});
