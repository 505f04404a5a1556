import { describe, expect, it } from 'vitest';
import { JsonView } from '../../../src/ui/json-view.js';
import { LiveView } from '../../../src/ui/live-view.js';
import { PlainView } from '../../../src/ui/plain-view.js';
import { createTheme, isColoured, plainTheme } from '../../../src/ui/theme.js';
import { chooseView } from '../../../src/ui/choose-view.js';
import { FakeTerminal } from './fake-terminal.js';

describe('chooseView', () => {
  const tty = { stdoutTTY: true, stderrTTY: true, json: false, plain: false, env: {} };
  it.each([
    ['on a terminal', {}, LiveView],
    ['on a terminal with stdout in a file', { stdoutTTY: false }, LiveView],
    ['without a terminal', { stderrTTY: false }, PlainView],
    ['with --plain', { plain: true }, PlainView],
    ['on a dumb terminal', { env: { TERM: 'dumb' } }, PlainView],
    ['with --json', { json: true }, JsonView],
    ['with --json and --plain', { json: true, plain: true }, JsonView],
  ])('%s', async (_, change, expected) => {
    const { stdoutTTY, stderrTTY, ...rest } = { ...tty, ...change };
    const view = await chooseView({
      ...rest,
      stdout: new FakeTerminal({ isTTY: stdoutTTY }).asStream(),
      stderr: new FakeTerminal({ isTTY: stderrTTY }).asStream(),
      version: '1.2.3',
    });
    expect(view).toBeInstanceOf(expected);
  });
});

describe('colours', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('terminal %s, environment %j: %s', (isTTY, env, expected) => {
    expect(isColoured({ isTTY }, env)).toBe(expected);
  });

  it('are codes or nothing, whatever the process’s own terminal is', () => {
    expect(createTheme(false)).toBe(plainTheme);
    expect(createTheme(true).bad('x')).toBe('\u001b[31mx\u001b[39m');
    expect(plainTheme.bad('x')).toBe('x');
  });
});
