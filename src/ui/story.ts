import type { EngineEvent } from '../engine/events.js';
import type { Outcome } from '../engine/report.js';
import type { KmonError } from '../errors/kmon-error.js';

export type MachineState = 'waiting' | 'running' | 'set-aside' | Outcome;

/** One machine in one stage, as far as the events have told. */
export interface MachineStory {
  readonly name: string;
  state: MachineState;
  /** What it is doing now, or why it ended as it did. */
  text: string;
  /** When `text` was said, in milliseconds since the epoch. */
  since: number;
}

export interface StageStory {
  readonly stage: string;
  readonly title: string;
  readonly machines: ReadonlyMap<string, MachineStory>;
}

export interface PlannedChange {
  readonly stage: string;
  readonly machine: string;
  readonly change: string;
}

/**
 * What a run has told so far, kept for what is shown later: the state of each machine in each stage, the plan, titles and addresses.
 * It believes the events and decides nothing.
 */
export class Story {
  readonly planned: PlannedChange[] = [];
  readonly titles = new Map<string, string>();
  machines: readonly string[] = [];
  transcript: string | undefined;
  private readonly addresses = new Map<string, string>();
  private readonly stages = new Map<string, StageStory>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  stage(id: string): StageStory | undefined {
    return this.stages.get(id);
  }

  readonly addressOf = (machine: string): string | undefined => this.addresses.get(machine);

  tell(event: EngineEvent): void {
    switch (event.type) {
      case 'run-started':
        this.machines = event.machines;
        this.transcript = event.transcript;
        for (const [name, address] of Object.entries(event.addresses ?? {}))
          this.addresses.set(name, address);
        break;
      case 'stage-started':
        this.titles.set(event.stage, event.title);
        this.stages.set(event.stage, {
          stage: event.stage,
          title: event.title,
          machines: new Map(
            event.machines.map((name) => [name, { name, state: 'waiting', text: '', since: this.now() }]),
          ),
        });
        break;
      case 'machine-started':
        this.set(event, 'running', '');
        break;
      case 'progress':
        this.set(event, 'running', event.text);
        break;
      case 'planned':
        this.planned.push({ stage: event.stage, machine: event.machine, change: event.change });
        break;
      case 'machine-finished':
        this.set(event, event.outcome, messageOf(event.error) ?? event.because ?? '');
        break;
      case 'set-aside':
        this.set(event, 'set-aside', messageOf(event.error) ?? '');
        break;
      case 'command-started':
      case 'command':
      case 'stage-finished':
      case 'note':
        break;
    }
  }

  private set(
    { stage, machine }: { readonly stage: string; readonly machine: string },
    state: MachineState,
    text: string,
  ): void {
    const story = this.stages.get(stage)?.machines.get(machine);
    if (story === undefined) return;
    Object.assign(story, { state, text, since: this.now() });
  }
}

function messageOf(error: KmonError | undefined): string | undefined {
  return error?.message;
}
