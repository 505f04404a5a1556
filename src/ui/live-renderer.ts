import { DefaultRenderer, ProcessOutput } from 'listr2';
import type { ListrDefaultRendererOptions, ListrDefaultRendererTask, ListrEventManager } from 'listr2';

const INDENT = 2;

/** One picture of the list. Texts are ready for the terminal and fit its width together with indentation and icon. */
export interface Frame {
  readonly icon: string;
  readonly title: string;
  /** By the name the task was made with; tasks without a line are not shown. */
  readonly lines: ReadonlyMap<string, { readonly icon: string; readonly text: string }>;
  /** Below the list. */
  readonly footer: readonly string[];
}

export interface FrameSource {
  frame(): Frame;
  /** Called once, with what gives the terminal back. */
  opened(renderer: LiveRenderer): void;
}

export type LiveRendererOptions = ListrDefaultRendererOptions & { readonly source?: FrameSource };

/** The columns an icon and the indentation of a machine's line take. */
export const FRAME_MARGIN = INDENT + 2;

/**
 * listr2's own renderer (spinner, redrawing, collapsing of what went well) with words and icons from a `FrameSource`: it is asked at
 * each frame, ten times a second, so that events cost nothing however many there are.
 */
export class LiveRenderer extends DefaultRenderer {
  /** listr2 asks stdout whether there is a terminal; this list goes to stderr. */
  static override nonTTY = true;
  static override rendererOptions: LiveRendererOptions = DefaultRenderer.rendererOptions;

  private readonly stageTasks: readonly ListrDefaultRendererTask[];
  private readonly source: FrameSource | undefined;
  private shown: Frame | undefined;
  private state: 'new' | 'live' | 'ended' = 'new';

  constructor(tasks: ListrDefaultRendererTask[], options: LiveRendererOptions, events: ListrEventManager) {
    super(tasks, options, events);
    this.stageTasks = tasks;
    this.source = options.source;
    this.source?.opened(this);
  }

  override async render(): Promise<void> {
    await super.render();
    // Abandoned while listr2 was loading its parts: what it has just taken is given back.
    if (this.state === 'ended') super.end();
    else this.state = 'live';
  }

  /** listr2 also draws when a task ends, which may be after this list was abandoned. */
  override update(): void {
    if (this.state === 'live') super.update();
  }

  /** Leaves the last frame on the screen and gives the terminal back. Later calls do nothing. */
  override end(): void {
    const wasLive = this.state === 'live';
    this.state = 'ended';
    if (wasLive) super.end();
  }

  override create(options?: Parameters<DefaultRenderer['create']>[0]): string {
    this.shown = this.source?.frame();
    const frame = this.shown;
    for (const stage of this.stageTasks) {
      stage.title = frame?.title ?? '';
      // Not there before the stage's task has run, whatever the types of listr2 say.
      if (!stage.hasSubtasks()) continue;
      for (const task of stage.subtasks) task.title = frame?.lines.get(task.initialTitle ?? '')?.text ?? '';
    }
    return [super.create(options), ...(frame?.footer ?? [])].join('\n');
  }

  protected override style(task: ListrDefaultRendererTask): string {
    const frame = this.shown;
    if (frame === undefined) return '';
    return this.stageTasks.includes(task)
      ? frame.icon
      : (frame.lines.get(task.initialTitle ?? '')?.icon ?? '');
  }

  /** listr2 would fold lines at the width of stdout, which may be a file. */
  protected override format(message: string, icon: string, level: number): string[] {
    return message === '' ? [] : [`${' '.repeat(level * INDENT)}${icon} ${message}`];
  }
}

/**
 * Draws on stderr, and holds back what others write there (a warning of Node) until the list is done. listr2's own would hand a copy
 * of the stream to the drawing, with the width that the terminal had when the list began.
 */
export class StderrOutput extends ProcessOutput {
  private readonly stderrStream: NodeJS.WriteStream;

  constructor(stderr: NodeJS.WriteStream) {
    super(stderr, stderr, { leaveEmptyLine: false, dump: ['stderr'] });
    this.stderrStream = stderr;
  }

  override get stdout(): NodeJS.WriteStream {
    const { stdout } = this.stream;
    const write = { value: (text: string) => stdout.write(text) };
    return Object.create(this.stderrStream, { write }) as NodeJS.WriteStream;
  }
}
