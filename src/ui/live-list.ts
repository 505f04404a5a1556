import { Listr, ListrLogger, Spinner } from 'listr2';
import { harmlessLine } from './harmless.js';
import { FRAME_MARGIN, LiveRenderer, StderrOutput } from './live-renderer.js';
import type { Frame } from './live-renderer.js';
import { isBad, meanwhileLine, stageLines } from './stage-lines.js';
import type { MachineState, StageStory } from './story.js';
import type { Theme } from './theme.js';
import { cutTo } from './width.js';

/** Notes shown while the list is live; all of them stay when it is done. */
const NOTES_SHOWN = 3;
/** The title, the line the cursor stands on, and one to spare. */
const OTHER_ROWS = 3;

export interface LiveListOptions {
  readonly story: StageStory;
  readonly stderr: NodeJS.WriteStream;
  readonly theme: Theme;
  readonly now: () => number;
  /** Stages that are under way beside this one: a line each, below it. */
  readonly meanwhile: () => readonly StageStory[];
}

/**
 * One stage as a live list of listr2: the stage, and below it one line a machine. The tasks do nothing but wait for `settle`; what is
 * shown comes from the story. While `run` is under way, nobody else may write to the terminal.
 */
export class LiveList {
  private readonly options: LiveListOptions;
  private readonly ends = new Map<
    string,
    { readonly isGood: Promise<boolean>; end(isGood: boolean): void }
  >();
  private readonly notes: string[] = [];
  private readonly spinner = new Spinner();
  private renderer: LiveRenderer | undefined;
  private isOpen = true;

  constructor(options: LiveListOptions) {
    this.options = options;
    for (const name of options.story.machines.keys()) {
      let end: (isGood: boolean) => void = () => undefined;
      const isGood = new Promise<boolean>((resolve) => (end = resolve));
      this.ends.set(name, { isGood, end });
    }
  }

  /** Shows the list until every machine is settled, then leaves its last frame on the screen. A failed machine is no rejection. */
  async run(): Promise<void> {
    const { story, stderr } = this.options;
    const machines = [...this.ends].map(([name, { isGood }]) => ({
      title: name,
      task: async (): Promise<void> => {
        if (!(await isGood)) throw new Error(name);
      },
    }));
    const list = new Listr<object, typeof LiveRenderer>(
      [
        {
          title: story.title,
          task: (_, task) => task.newListr(machines, { concurrent: true, exitOnError: false }),
        },
      ],
      {
        exitOnError: false,
        // listr2 would end the process with 127 on Ctrl-C, before anything is undone.
        registerSignalListeners: false,
        renderer: LiveRenderer,
        rendererOptions: {
          logger: new ListrLogger({ processOutput: new StderrOutput(stderr) }),
          spinner: this.spinner,
          // The words of a failed machine are the story's too, not those of the error that only marks it.
          showErrorMessage: false,
          source: { frame: () => this.frame(), opened: (renderer) => (this.renderer = renderer) },
        },
      },
    );
    await list.run();
  }

  /** A machine has come to its end. Only the first call for a machine counts. */
  settle(machine: string, state: MachineState): void {
    this.ends.get(machine)?.end(!isBad(state));
  }

  /** The stage is over, whatever its machines have told. */
  end(): void {
    this.isOpen = false;
    for (const { name, state } of this.options.story.machines.values()) this.settle(name, state);
  }

  /** Shown below the list, and kept there when it is done. */
  note(text: string): void {
    this.notes.push(harmlessLine(text));
  }

  /** Gives the terminal back without waiting for anything. */
  abandon(): void {
    this.renderer?.end();
  }

  private frame(): Frame {
    const { story, stderr, theme, now, meanwhile } = this.options;
    const { isOpen } = this;
    const columns = (stderr.columns || 80) - 1;
    const others = isOpen ? meanwhile().map((other) => meanwhileLine(other, columns, theme)) : [];
    const notes = isOpen ? this.notes.slice(-NOTES_SHOWN).map((note) => cutTo(note, columns)) : this.notes;
    const size = {
      columns: columns - FRAME_MARGIN,
      rows: (stderr.rows || 24) - OTHER_ROWS - notes.length - others.length,
    };
    const { title, machines } = stageLines(story, size, { isOpen, now: now(), theme });
    const states = [...story.machines.values()].map((m) => m.state);
    return {
      icon: isOpen ? theme.busy(this.spinner.fetch()) : this.iconOf(worstOf(states)),
      title,
      lines: new Map(
        [...machines].map(([name, text]) => [
          name,
          { icon: this.iconOf(story.machines.get(name)?.state), text },
        ]),
      ),
      footer: [...others, ...notes],
    };
  }

  private iconOf(state: MachineState | undefined): string {
    const { theme } = this.options;
    switch (state) {
      case 'running':
        // After the end nothing runs any more: what has not told its end did not come to it.
        return this.isOpen ? theme.busy(this.spinner.fetch()) : theme.warn('?');
      case 'changed':
      case 'unchanged':
        return theme.good(theme.signs.done);
      case 'planned':
        return theme.warn(theme.signs.planned);
      case 'failed':
        return theme.bad(theme.signs.failed);
      case 'set-aside':
        return theme.bad(theme.signs.setAside);
      case 'waiting':
      case 'not-reached':
      case undefined:
        return theme.dim(theme.signs.note);
    }
  }
}

const WORST_FIRST: readonly MachineState[] = [
  'failed',
  'set-aside',
  'running',
  'waiting',
  'not-reached',
  'planned',
];

function worstOf(states: readonly MachineState[]): MachineState {
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'changed';
}
