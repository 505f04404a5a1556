import type { EngineEvent } from '../engine/events.js';
import type { RunReport } from '../engine/report.js';
import { errorText } from './error-text.js';
import { harmlessLine } from './harmless.js';
import { LiveList } from './live-list.js';
import { failuresText, summaryText } from './report-text.js';
import type { ReportTextContext } from './report-text.js';
import { Story } from './story.js';
import type { StageStory } from './story.js';
import { themeFor } from './theme.js';
import type { Theme } from './theme.js';
import type { View, ViewOptions } from './view.js';

/**
 * A live list on a terminal, one stage after the other, although several may be under way at once. Whatever else is to be shown waits until the running list is done, because
 * two writers would tear the picture; notes alone are shown inside it at once.
 */
export class LiveView implements View {
  private readonly options: Omit<ViewOptions, 'json' | 'plain'>;
  private readonly theme: Theme;
  private readonly now: () => number;
  private readonly story: Story;
  /** Lists whose stage is not over: the first is on the screen, the others are told below it in a line each. */
  private readonly open = new Map<string, LiveList>();
  private running: LiveList | undefined;
  /** Everything that is shown, in its order. Never rejects. */
  private queue: Promise<void> = Promise.resolve();
  private isAbandoned = false;

  constructor(options: Omit<ViewOptions, 'json' | 'plain'>, now: () => number = Date.now) {
    this.options = options;
    this.theme = themeFor(options.stderr, options.env);
    this.now = now;
    this.story = new Story(now);
  }

  handle(event: EngineEvent): void {
    this.story.tell(event);
    switch (event.type) {
      case 'run-started':
        if (event.dryRun)
          this.print(this.options.stderr, `kmon ${event.command}, dry run: nothing is changed`);
        break;
      case 'stage-started':
        this.openList(event.stage);
        break;
      case 'machine-finished':
        this.open.get(event.stage)?.settle(event.machine, event.outcome);
        break;
      case 'stage-finished':
        this.endList(event.stage);
        break;
      case 'note':
        this.note(event.machine === undefined ? event.text : `${event.machine}: ${event.text}`);
        break;
      case 'machine-started':
      case 'progress':
      case 'planned':
      case 'command-started':
      case 'command':
      case 'set-aside':
        break;
    }
  }

  async finish(report: RunReport): Promise<void> {
    this.endAll();
    const context = this.context();
    const failures = failuresText(report, context);
    if (failures !== undefined) this.print(this.options.stderr, failures);
    const { stdout, env } = this.options;
    this.print(stdout, summaryText(report, { ...context, theme: themeFor(stdout, env) }));
    await this.queue;
  }

  fail(error: unknown): void {
    this.endAll();
    this.print(this.options.stderr, errorText(error, this.context()));
  }

  result(text: string): void {
    this.print(this.options.stdout, text);
  }

  async settled(): Promise<void> {
    this.endAll();
    await this.queue;
  }

  async close(): Promise<void> {
    this.endAll();
    await this.queue;
  }

  abandon(): void {
    this.isAbandoned = true;
    this.running?.abandon();
  }

  private openList(stage: string): void {
    const story = this.story.stage(stage);
    if (story === undefined || story.machines.size === 0) return;
    this.endList(stage);
    const list = new LiveList({
      story,
      stderr: this.options.stderr,
      theme: this.theme,
      now: this.now,
      meanwhile: () => this.others(stage),
    });
    this.open.set(stage, list);
    this.enqueue(async () => {
      this.running = list;
      try {
        await list.run();
      } finally {
        this.running = undefined;
      }
    });
  }

  /** The stages that have begun and are not over, but for this one. */
  private others(stage: string): readonly StageStory[] {
    return [...this.open.keys()].flatMap((id) => (id === stage ? [] : (this.story.stage(id) ?? [])));
  }

  private endList(stage: string): void {
    this.open.get(stage)?.end();
    this.open.delete(stage);
  }

  private endAll(): void {
    for (const stage of [...this.open.keys()]) this.endList(stage);
  }

  private note(text: string): void {
    if (this.running === undefined) this.print(this.options.stderr, harmlessLine(text));
    else this.running.note(text);
  }

  private print(stream: NodeJS.WriteStream, text: string): void {
    this.enqueue(async () => {
      stream.write(`${text}\n`);
    });
  }

  private enqueue(show: () => Promise<void>): void {
    this.queue = this.queue.then(async () => {
      if (this.isAbandoned) return;
      try {
        await show();
      } catch (error) {
        // A list that cannot be drawn is no reason to stop what it shows.
        this.options.stderr.write(`${errorText(error, this.context())}\n`);
      }
    });
  }

  private context(): ReportTextContext {
    const { planned, titles, addressOf, transcript } = this.story;
    const { version } = this.options;
    return {
      planned,
      titles,
      addressOf,
      version,
      theme: this.theme,
      ...(transcript === undefined ? {} : { transcript }),
    };
  }
}
