import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { JsonView } from '../../../src/ui/json-view.js';
import { FakeTerminal } from './fake-terminal.js';
import { sampleReport } from '../../support/sample-report.js';

const AT = '2026-08-21T10:02:03.004Z';
const refused = new KmonError('login-refused', 'the key is refused', {
  machine: 'pc-12',
  stage: 'connect',
  hint: 'copy it',
  evidence: 'Permission denied',
  cause: new Error('inner'),
});
const refusedRecord = {
  code: 'login-refused',
  message: 'the key is refused',
  hint: 'copy it',
  machine: 'pc-12',
  stage: 'connect',
  evidence: 'Permission denied',
};

function open() {
  const stdout = new FakeTerminal({ isTTY: false });
  const view = new JsonView({ stdout: stdout.asStream() }, () => Date.parse(AT));
  const lines = (): unknown[] =>
    stdout.raw
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  return { view, stdout, lines };
}

describe('JsonView', () => {
  it('writes each event as a line, errors as data, and the report last', async () => {
    const { view, lines } = open();
    view.handle({
      type: 'machine-finished',
      stage: 'connect',
      machine: 'pc-12',
      outcome: 'failed',
      error: refused,
    });
    view.handle({ type: 'set-aside', stage: 'connect', machine: 'pc-12', error: refused });
    await view.finish(
      sampleReport({
        rows: [{ stage: 'connect', machine: 'pc-12', outcome: 'failed' }],
        setAside: [{ machine: 'pc-12', error: refused }],
      }),
    );
    view.result('the table', [{ machine: 'pc-11' }]);
    view.result('only text');
    await view.close();
    expect(lines()).toEqual([
      {
        at: AT,
        type: 'machine-finished',
        stage: 'connect',
        machine: 'pc-12',
        outcome: 'failed',
        error: refusedRecord,
      },
      { at: AT, type: 'set-aside', stage: 'connect', machine: 'pc-12', error: refusedRecord },
      { at: AT, type: 'result', data: [{ machine: 'pc-11' }] },
      { at: AT, type: 'result', text: 'only text' },
      {
        at: AT,
        type: 'report',
        exitCode: 24,
        command: 'up',
        dryRun: false,
        rows: [{ stage: 'connect', machine: 'pc-12', outcome: 'failed' }],
        setAside: [{ machine: 'pc-12', error: refusedRecord }],
      },
    ]);
  });

  it('ends with a report also when the command had none', async () => {
    const failed = open();
    failed.view.fail(refused);
    await failed.view.close();
    expect(failed.lines()).toEqual([
      { at: AT, type: 'error', ...refusedRecord },
      { at: AT, type: 'report', exitCode: 11 },
    ]);
    const status = open();
    await status.view.close();
    expect(status.lines()).toEqual([{ at: AT, type: 'report', exitCode: 0 }]);
    const told = open();
    await told.view.close(23);
    expect(told.lines()).toEqual([{ at: AT, type: 'report', exitCode: 23 }]);
  });

  it('writes a defect with its stack, and every error of several', async () => {
    const { view, lines } = open();
    view.fail(new AggregateError([refused, new TypeError('x')], 'both'));
    expect(lines()).toMatchObject([
      {
        type: 'error',
        code: 'several',
        errors: [
          refusedRecord,
          { code: 'bug', message: 'x', stack: expect.stringContaining('TypeError: x') as string },
        ],
      },
    ]);
  });

  it('keeps foreign text as it is, without a control character on the wire', () => {
    const { view, stdout, lines } = open();
    const text = '\u001b[2J\u009b1A\u007f\u2028"\\\n';
    view.handle({ type: 'note', text });
    expect(stdout.raw.trimEnd()).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(lines()).toEqual([{ at: AT, type: 'note', text }]);
  });

  it('says what a machine is at before that has ended', () => {
    const { view, lines } = open();
    const begins = {
      type: 'command-started',
      machine: 'pc-11',
      verb: 'mutate',
      intent: 'write /etc/x',
    } as const;
    view.handle(begins);
    expect(lines()).toEqual([{ at: AT, ...begins }]);
  });

  it('keeps the first lines of stderr', () => {
    const { view, lines } = open();
    const stderr = Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n');
    view.handle({ type: 'command', machine: 'pc-11', verb: 'query', shown: 'true', durationMs: 1, stderr });
    expect(lines()).toMatchObject([{ stderr: stderr.split('\n').slice(0, 20).join('\n') }]);
  });
});
