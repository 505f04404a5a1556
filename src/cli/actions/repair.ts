import type { ReadConfig } from '../../config/config.js';
import { configPath, loadConfig, shownPath } from '../../config/load.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allMachines, selectMachines } from '../../room/room.js';
import { surroundings } from '../../transport/login/resolved-login.js';
import { createPrompter } from '../../ui/prompter.js';
import { themeFor } from '../../ui/theme.js';
import type { View } from '../../ui/view.js';
import type { AppOptions } from '../app.js';
import type { Io } from '../io.js';
import { knownMachines } from '../repair/known-machines.js';
import { areThere, seek } from '../repair/seek.js';
import { inTheWay, remedies } from '../repair/remedies.js';
import { whatToWrite } from '../repair/what-to-write.js';
import { whereToLook } from '../repair/where-to-look.js';
import { whereaboutsText } from '../repair/whereabouts-text.js';
import type { Row } from '../repair/whereabouts-text.js';
import { writeDown } from '../repair/write-down.js';
import { withView } from '../with-view.js';

export interface RepairOptions extends AppOptions {
  readonly only: readonly string[];
  readonly yes: boolean;
}

/** `kmon repair`: finds machines that have another address than kmon.yaml says, by their host keys, and writes the new ones down. */
export function repair(io: Io, options: RepairOptions): Promise<number> {
  return withView(io, options, async (view) => {
    const config = await loadConfig(options.config, io.cwd);
    const rows = await whereabouts(io, view, config, options);
    const { room } = config;
    const moved = rows.filter((row) => row.is === 'moved');
    const { write, held } = whatToWrite(
      moved,
      new Map([...allMachines(room), ...room.observed].map((m) => [m.name, m.address])),
    );
    view.result(whereaboutsText(rows, themeFor(io.stdout, io.env)), { machines: rows.map(told) });
    for (const text of [...held.map(inTheWay), ...remedies(rows)]) say(view, text);
    const all = rows.every((row) => row.is === 'there' || write.some((w) => w === row));
    const exitCode = all ? 0 : EXIT_CODES.partial;
    if (write.length === 0) return exitCode;
    const file = configPath(options.config, io.cwd);
    const shown = shownPath(file, io.cwd);
    const names = write.map((row) => row.name).join(', ');
    if (options.dryRun === true) {
      say(view, `${shown} would get the new address of ${names}; nothing was changed: --dry-run`);
      return exitCode;
    }
    await agree(io, options, `Write the new address of ${names} to ${shown}?`);
    await writeDown(file, shown, write);
    say(view, `${shown} has the new address of ${names}`);
    say(view, 'next: kmon up');
    return exitCode;
  });
}

async function whereabouts(
  io: Io,
  view: View,
  config: ReadConfig,
  { only }: RepairOptions,
): Promise<readonly Row[]> {
  const machines = selectMachines(config.room, only);
  const all = await knownMachines(config, machines, surroundings(io.env));
  const known = all.filter((m) => 'keys' in m);
  const there = await areThere(known, io.signal);
  const away = known.filter((m) => there.get(m.name) !== true);
  const held = known.filter((m) => there.get(m.name) === true).map((m) => m.address);
  const addresses = whereToLook(
    away.length === 0 ? [] : [...away.map((m) => m.address), config.room.parent.address],
    held,
  );
  if (away.length > 0)
    say(view, `looking for ${away.map((m) => m.name).join(', ')} at ${addresses.length} addresses`);
  const found = await seek(away, addresses, io.signal);
  return all.map((m): Row => {
    if (!('keys' in m)) return m;
    return found.find((f) => f.name === m.name) ?? { name: m.name, was: m.address, is: 'there' };
  });
}

async function agree(io: Io, { yes }: RepairOptions, question: string): Promise<void> {
  if (yes) return;
  const prompter = createPrompter({ stdin: io.stdin, stderr: io.stderr, signal: io.signal });
  if (prompter === undefined)
    throw new KmonError('usage', 'writing new addresses needs to be confirmed; nothing was changed', {
      hint: 'to do it without a terminal: kmon repair --yes',
    });
  if (!(await prompter.confirm(question))) throw new KmonError('usage', 'not confirmed; nothing was changed');
}

function told(row: Row): object {
  return row.is === 'moved'
    ? { name: row.name, was: row.was, is: row.is, now: row.now, fingerprint: row.fingerprint }
    : row;
}

function say(view: View, text: string): void {
  view.handle({ type: 'note', text });
}
