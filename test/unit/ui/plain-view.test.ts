import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/engine/events.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { PlainView } from '../../../src/ui/plain-view.js';
import { FakeTerminal } from './fake-terminal.js';
import { sampleReport } from '../../support/sample-report.js';

const broken = new KmonError('command', 'apt-get \u001b[31mfailed\u001b[0m', {
  machine: 'atelier-pc-12',
  stage: 'prepare',
});

function run(events: readonly EngineEvent[]) {
  const stdout = new FakeTerminal();
  const stderr = new FakeTerminal();
  const view = new PlainView({ stdout: stdout.asStream(), stderr: stderr.asStream(), version: '1.2.3' });
  for (const event of events) view.handle(event);
  return { view, stdout, stderr };
}

const at = { stage: 'prepare', machine: 'pc-11' } as const;
const command = { type: 'command', machine: 'pc-11', shown: 'tee /etc/x', durationMs: 3 } as const;

describe('PlainView', () => {
  it('is one line an event, machine first and aligned, on stderr', () => {
    const { stdout, stderr } = run([
      { type: 'run-started', command: 'up', machines: ['pc-11', 'atelier-pc-12'], dryRun: false },
      { type: 'stage-started', stage: 'prepare', title: 'Prepare the machines', machines: ['pc-11'] },
      { type: 'machine-started', ...at },
      { type: 'progress', ...at, text: 'installing\ncontainerd' },
      { type: 'progress', ...at, text: 'installing\ncontainerd' },
      { type: 'planned', ...at, change: 'write /etc/x' },
      { ...command, verb: 'query', exitCode: 0 },
      { type: 'command-started', machine: 'pc-11', verb: 'mutate', intent: 'write /etc/x' },
      { ...command, verb: 'mutate', intent: 'write /etc/x', exitCode: 0 },
      { ...command, verb: 'mutate', exitCode: 1 },
      { ...command, verb: 'mutate', intent: 'not run', skipped: true },
      { type: 'machine-finished', ...at, outcome: 'changed', because: 'all there' },
      {
        type: 'machine-finished',
        stage: 'prepare',
        machine: 'atelier-pc-12',
        outcome: 'failed',
        error: broken,
      },
      { type: 'set-aside', stage: 'prepare', machine: 'atelier-pc-12', error: broken },
      { type: 'machine-finished', stage: 'monitor', machine: 'pc-11', outcome: 'not-reached' },
      { type: 'note', text: 'the lock was kept' },
      { type: 'stage-finished', stage: 'prepare' },
    ]);
    expect(stdout.raw).toBe('');
    expect(stderr.raw).toBe(
      [
        'kmon           up                 2 machines: pc-11, atelier-pc-12',
        'kmon           prepare            Prepare the machines',
        'pc-11          prepare            started',
        'pc-11          prepare            installing containerd',
        'pc-11          prepare            to change: write /etc/x',
        'pc-11                             write /etc/x',
        'pc-11                             tee /etc/x (exit code 1)',
        'pc-11          prepare            changed: all there',
        'atelier-pc-12  prepare            failed: apt-get failed',
        'atelier-pc-12  prepare            set aside',
        'pc-11          monitor            not reached',
        'kmon                              the lock was kept',
        '',
      ].join('\n'),
    );
  });

  it('has no colour or cursor codes, even on a terminal', async () => {
    const { view, stdout, stderr } = run([
      {
        type: 'run-started',
        command: 'up',
        machines: ['pc-11'],
        addresses: { 'pc-11': '10.0.0.1' },
        dryRun: true,
      },
    ]);
    await view.finish(sampleReport({ dryRun: true, failure: broken }));
    view.fail(new Error('x\u001b[2J'));
    view.result('table');
    await view.close();
    expect(stderr.raw + stdout.raw).not.toContain('\u001b');
    expect(stderr.raw).toContain('1 machine: pc-11 (dry run)\n✖ prepare on atelier-pc-12: apt-get failed\n');
    expect(stderr.raw).toContain('kmon 1.2.3, Node');
    expect(stdout.raw).toBe('kmon up: stopped; nothing was done\nnothing was changed: --dry-run\ntable\n');
  });
});
