import type { EngineEvent } from '../engine/events.js';
import { exitCodeOf } from '../engine/report.js';
import type { RunReport } from '../engine/report.js';
import { exitCodeOfError } from '../errors/exit-code-of-error.js';
import { errorRecord, eventRecord, jsonLine, reportRecord } from './event-record.js';
import type { Json } from './event-record.js';
import type { View, ViewOptions } from './view.js';

/**
 * JSON lines on stdout, and nothing else there. Every line has `at` (ISO time) and `type`: those of the engine's events, `result`,
 * `error`, and exactly one `report` with `exitCode`, which is the last line of every command.
 */
export class JsonView implements View {
  private readonly stdout: NodeJS.WriteStream;
  private readonly now: () => number;
  private report: RunReport | undefined;
  private exitCode = 0;

  constructor({ stdout }: Pick<ViewOptions, 'stdout'>, now: () => number = Date.now) {
    this.stdout = stdout;
    this.now = now;
  }

  handle(event: EngineEvent): void {
    this.write(eventRecord(event, new Date(this.now())));
  }

  async finish(report: RunReport): Promise<void> {
    this.report = report;
    this.exitCode = exitCodeOf(report);
  }

  fail(error: unknown): void {
    this.exitCode = exitCodeOfError(error);
    this.write({ ...this.stamp('error'), ...errorRecord(error) });
  }

  result(text: string, data?: unknown): void {
    this.write({ ...this.stamp('result'), ...(data === undefined ? { text } : { data }) });
  }

  async settled(): Promise<void> {
    // Every line was written when it was said.
  }

  async close(exitCode: number = this.exitCode): Promise<void> {
    this.write(
      this.report === undefined
        ? { ...this.stamp('report'), exitCode }
        : reportRecord(this.report, new Date(this.now()), exitCode),
    );
  }

  abandon(): void {
    // The terminal was never taken.
  }

  private stamp(type: string): Json {
    return { at: new Date(this.now()).toISOString(), type };
  }

  private write(record: Json): void {
    this.stdout.write(`${jsonLine(record)}\n`);
  }
}
