import { LOCK_BEAT } from '../engine/lock.js';
import type { EngineEvent } from '../engine/events.js';
import type { RunReport } from '../engine/report.js';
import { errorText } from './error-text.js';
import { harmlessLine } from './harmless.js';
import { failuresText, summaryText } from './report-text.js';
import type { ReportTextContext } from './report-text.js';
import { Story } from './story.js';
import type { View, ViewOptions } from './view.js';
import { padTo, widthOf } from './width.js';

/** The longest id of a stage; longer ones only shift their own line. */
const STAGE_COLUMNS = 17;
/** Stands in the column of machines for what concerns none of them. */
const NO_MACHINE = 'kmon';

/** One line an event, machine first, no colour and no cursor codes: for logs, pipes and screen readers. */
export class PlainView implements View {
  private readonly stdout: NodeJS.WriteStream;
  private readonly stderr: NodeJS.WriteStream;
  private readonly version: string;
  private readonly story: Story;
  private machineColumns = NO_MACHINE.length;
  private readonly lastProgress = new Map<string, string>();

  constructor(
    { stdout, stderr, version }: Pick<ViewOptions, 'stdout' | 'stderr' | 'version'>,
    now: () => number = Date.now,
  ) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.version = version;
    this.story = new Story(now);
  }

  handle(event: EngineEvent): void {
    this.story.tell(event);
    switch (event.type) {
      case 'run-started':
        this.machineColumns = Math.max(
          ...[NO_MACHINE, ...event.machines, ...Object.keys(event.addresses ?? {})].map(widthOf),
        );
        this.line(undefined, event.command, startText(event));
        break;
      case 'stage-started':
        this.line(undefined, event.stage, event.title);
        break;
      case 'machine-started':
        this.line(event.machine, event.stage, 'started');
        break;
      case 'progress':
        this.progress(event);
        break;
      case 'planned':
        this.line(event.machine, event.stage, `to change: ${event.change}`);
        break;
      case 'command':
        this.command(event);
        break;
      case 'machine-finished':
        this.line(event.machine, event.stage, finishText(event));
        break;
      case 'set-aside':
        this.line(event.machine, event.stage, 'set aside');
        break;
      case 'note':
        this.line(event.machine, '', event.text);
        break;
      case 'command-started':
      case 'stage-finished':
        break;
    }
  }

  async finish(report: RunReport): Promise<void> {
    const failures = failuresText(report, this.context());
    if (failures !== undefined) this.stderr.write(`${failures}\n`);
    this.stdout.write(`${summaryText(report, this.context())}\n`);
  }

  fail(error: unknown): void {
    this.stderr.write(`${errorText(error, this.context())}\n`);
  }

  result(text: string): void {
    this.stdout.write(`${text}\n`);
  }

  async settled(): Promise<void> {
    // Every line was written when it was said.
  }

  async close(): Promise<void> {
    // Every line was written when it was said.
  }

  abandon(): void {
    // The terminal was never taken.
  }

  /** A machine that waits says the same again and again; a log needs it once. */
  private progress({ stage, machine, text }: Extract<EngineEvent, { type: 'progress' }>): void {
    const key = `${stage} ${machine}`;
    if (this.lastProgress.get(key) === text) return;
    this.lastProgress.set(key, text);
    this.line(machine, stage, text);
  }

  /** What looks is not shown: it would bury what changes. The transcript has both. */
  private command(event: Extract<EngineEvent, { type: 'command' }>): void {
    if (event.verb !== 'mutate' || event.skipped === true || event.intent === LOCK_BEAT) return;
    const failed =
      event.exitCode === undefined || event.exitCode === 0 ? '' : ` (exit code ${event.exitCode})`;
    this.line(event.machine, event.stage ?? '', `${event.intent ?? event.shown}${failed}`);
  }

  private line(machine: string | undefined, stage: string, text: string): void {
    const who = padTo(harmlessLine(machine ?? NO_MACHINE), this.machineColumns);
    this.stderr.write(`${who}  ${padTo(stage, STAGE_COLUMNS)}  ${harmlessLine(text)}\n`);
  }

  private context(): ReportTextContext {
    const { planned, titles, addressOf, transcript } = this.story;
    return {
      planned,
      titles,
      addressOf,
      version: this.version,
      ...(transcript === undefined ? {} : { transcript }),
    };
  }
}

function startText(event: Extract<EngineEvent, { type: 'run-started' }>): string {
  const machines = event.machines.length === 1 ? '1 machine' : `${event.machines.length} machines`;
  return `${machines}: ${event.machines.join(', ')}${event.dryRun ? ' (dry run)' : ''}`;
}

function finishText(event: Extract<EngineEvent, { type: 'machine-finished' }>): string {
  const why = event.error?.message ?? event.because;
  const outcome = event.outcome === 'not-reached' ? 'not reached' : event.outcome;
  return why === undefined ? outcome : `${outcome}: ${why}`;
}
