import { readThroughParent } from '../../cluster/through-parent.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { inOrder } from '../../observe/room-top.js';
import type { TopOrder, TopRow } from '../../observe/room-top.js';
import { allComputers, selectComputers } from '../../room/room.js';
import type { Room } from '../../room/room.js';
import { topLooks } from '../../stages/cluster/top.js';
import type { TopLooks, TopSeen } from '../../stages/cluster/top.js';
import { TOP } from '../../stages/index.js';
import { FullScreen } from '../../ui/full-screen.js';
import { themeFor } from '../../ui/theme.js';
import { topFrame } from '../../ui/top-frame.js';
import type { TopPicture, TopSize } from '../../ui/top-frame.js';
import { topTable } from '../../ui/top-table.js';
import { again } from '../look-again.js';
import type { Again } from '../look-again.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';

interface TopOptions extends RoomOptions {
  readonly sort: TopOrder;
  readonly team: readonly string[];
  /** Seconds. */
  readonly interval: number;
  readonly once: boolean;
}

/** `kmon top`. Ends with 0 when it is ended by Ctrl-C, or because nobody reads it any more: that is how it ends. */
export function top(io: Io, options: TopOptions): Promise<number> {
  return withApp(
    io,
    'top',
    options,
    async (app) => {
      const { room } = app.config;
      const names = chosen(room, options);
      const report = await app.run(planFor('top', room, TOP, [room.parent]), { quiet: true });
      if (report.failure !== undefined) return exitCodeOf(report);
      await app.view.settled();
      const looks = topLooks(readThroughParent(await app.untold(room.parent), app.supply), app.config);
      const first = await looks.look();
      if (first.kind === 'silent') throw noPrometheus(first.because);
      const rowsOf = (seen: Shown): readonly TopRow[] =>
        inOrder(
          seen.rows.filter((row) => names.includes(row.machine)),
          options.sort,
        );
      const watch = { io, app, options, looks, first, rowsOf };
      if (options.json) await tellLines(watch);
      else if (options.once || options.plain || !isScreen(io)) tellOnce(watch);
      else await drawOn(new FullScreen(io.stdout), watch);
      return 0;
    },
    { endsByInterrupt: true, asksPrometheus: true },
  );
}

/** So long after its time a refresh is late. */
const LATE_SECONDS = 3;

type Shown = Extract<TopSeen, { kind: 'room' }>;

interface Watch {
  readonly io: Io;
  readonly app: App;
  readonly options: TopOptions;
  readonly looks: TopLooks;
  readonly first: Shown;
  readonly rowsOf: (seen: Shown) => readonly TopRow[];
}

function isScreen({ stdout, env }: Io): boolean {
  return stdout.isTTY && env['TERM'] !== 'dumb';
}

/** @throws KmonError `usage` that names what is not in the room */
function chosen(room: Room, { only, team }: TopOptions): readonly string[] {
  const { machines, observed } = selectComputers(room, only);
  const teams = [...new Set(allComputers(room).flatMap((m) => m.team ?? []))];
  const unknown = team.filter((t) => !teams.includes(t));
  if (unknown.length > 0) {
    throw new KmonError(
      'usage',
      `--team names ${unknown.join(', ')}, which is no team of room ${room.name}`,
      {
        hint:
          teams.length === 0
            ? 'no machine has a team: write `team` to it in kmon.yaml'
            : `choose among: ${teams.join(', ')}`,
      },
    );
  }
  return [...machines, ...observed]
    .filter((m) => team.length === 0 || (m.team !== undefined && team.includes(m.team)))
    .map((m) => m.name);
}

function noPrometheus(because: string): KmonError {
  return new KmonError('precondition', 'Prometheus cannot be asked for the room', {
    evidence: because,
    hint: 'run `kmon deploy-monitoring`: it installs the monitoring, or says what is wrong with it',
  });
}

function tellOnce({ io, app, options, looks, first, rowsOf }: Watch): void {
  const rows = rowsOf(first);
  const asTable = options.plain || !isScreen(io);
  const text = asTable
    ? topTable(rows, first.at)
    : pictureLines(
        io,
        { room: app.config.room.name, rows, at: first.at, pastOf: (machine) => looks.past.of(machine) },
        {
          columns: io.stdout.columns || 80,
        },
      ).join('\n');
  app.view.result(text);
}

function pictureLines(io: Io, picture: TopPicture, size: TopSize): readonly string[] {
  return topFrame(picture, size, themeFor(io.stdout, io.env));
}

function repeating({ io, looks, options }: Watch): Again<TopSeen> {
  const { signal, stdout } = io;
  return { look: () => looks.look(), intervalMs: options.interval * 1000, signal, reader: stdout };
}

/** A line a refresh. */
async function tellLines(watch: Watch): Promise<void> {
  const { app, options, first, rowsOf } = watch;
  const tell = (seen: TopSeen): void => {
    app.view.result(
      '',
      seen.kind === 'room'
        ? { at: new Date(seen.at * 1000).toISOString(), because: null, rows: rowsOf(seen) }
        : { at: null, because: seen.because, rows: [] },
    );
  };
  tell(first);
  if (!options.once) await again(repeating(watch), tell);
}

async function drawOn(screen: FullScreen, watch: Watch): Promise<void> {
  const { io, app, options, looks, first, rowsOf } = watch;
  let shown = first;
  let shownAt = performance.now();
  let because: string | undefined;
  const draw = (): void => {
    const seconds = (performance.now() - shownAt) / 1000;
    const why = because ?? (seconds > options.interval + LATE_SECONDS ? 'no answer yet' : undefined);
    const stale = why === undefined ? {} : { stale: { seconds, because: why } };
    const picture: TopPicture = {
      room: app.config.room.name,
      rows: rowsOf(shown),
      pastOf: (machine) => looks.past.of(machine),
      at: shown.at,
      ...stale,
      footer: footer(options),
    };
    screen.draw(pictureLines(io, picture, screen.size));
  };
  io.onLeave(() => {
    screen.leave();
    app.view.abandon();
  });
  io.stdout.on('resize', draw);
  // A picture that stands still does not tell whether it is late: then it says so, before anything fails.
  const late = setInterval(() => {
    if (performance.now() - shownAt > (options.interval + LATE_SECONDS) * 1000) draw();
  }, 1000);
  try {
    draw();
    await again(repeating(watch), (seen) => {
      because = seen.kind === 'silent' ? seen.because : undefined;
      if (seen.kind === 'room') {
        shown = seen;
        shownAt = performance.now();
      }
      draw();
    });
  } finally {
    clearInterval(late);
    io.stdout.off('resize', draw);
    screen.leave();
  }
}

function footer({ sort, interval }: TopOptions): string {
  const order = sort === 'machine' ? '' : `, by ${sort}`;
  return `every ${interval} s${order}; Ctrl-C ends it`;
}
