import { dirname, join } from 'node:path';
import type { ReadConfig } from '../../config/config.js';
import { configOf, configPath, loadConfig, shownPath } from '../../config/load.js';
import { readdressed } from '../../config/writing/readdress.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { selectMachines } from '../../room/room.js';
import { repinHostKeys } from '../../transport/host-keys/pins.js';
import { surroundings } from '../../transport/login/resolved-login.js';
import { createPrompter } from '../../ui/prompter.js';
import { themeFor } from '../../ui/theme.js';
import type { View } from '../../ui/view.js';
import type { AppOptions } from '../app.js';
import type { Io } from '../io.js';
import { readExisting, saveRoom } from '../new/save.js';
import { knownMachines } from '../repair/known-machines.js';
import { areThere, seek } from '../repair/seek.js';
import type { Whereabouts } from '../repair/seek.js';
import { whereToLook } from '../repair/where-to-look.js';
import { whereaboutsText } from '../repair/whereabouts-text.js';
import type { Row } from '../repair/whereabouts-text.js';
import { withView } from '../with-view.js';

export interface RepairOptions extends AppOptions {
  readonly only: readonly string[];
  readonly yes: boolean;
}

type Moved = Extract<Whereabouts, { readonly is: 'moved' }>;

/** `kmon repair`: finds machines that have another address than kmon.yaml says, by their host keys, and writes the new ones down. */
export function repair(io: Io, options: RepairOptions): Promise<number> {
  return withView(io, options, async (view) => {
    const config = await loadConfig(options.config, io.cwd);
    const rows = await whereabouts(io, view, config, options);
    const { parent } = config.room;
    const moved = rows.filter((row) => row.is === 'moved');
    const parentMoved = moved.find((row) => row.name === parent.name);
    const toWrite = moved.filter((row) => row !== parentMoved);
    view.result(whereaboutsText(rows, themeFor(io.stdout, io.env)), { machines: rows.map(told) });
    if (parentMoved !== undefined) say(view, parentText(parentMoved));
    for (const text of remedies(rows)) say(view, text);
    const left = parentMoved !== undefined || rows.some((row) => !['there', 'moved'].includes(row.is));
    const exitCode = left ? EXIT_CODES.partial : 0;
    if (toWrite.length === 0) return exitCode;
    const shown = shownPath(configPath(options.config, io.cwd), io.cwd);
    const names = toWrite.map((row) => row.name).join(', ');
    if (options.dryRun === true) {
      say(view, `${shown} was not changed: --dry-run`);
      return exitCode;
    }
    await agree(io, options, `Write the new address of ${names} to ${shown}?`);
    await write(io, options, toWrite);
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

/** The file may be open in an editor, or half changed: what is written is what kmon takes. */
async function write(io: Io, { config: given }: RepairOptions, moved: readonly Moved[]): Promise<void> {
  const file = configPath(given, io.cwd);
  const text = (await readExisting(file)) ?? '';
  const next = readdressed(text, new Map(moved.map((row) => [row.name, row.now])));
  await configOf(next, file, shownPath(file, io.cwd));
  const pins = join(dirname(file), '.kmon/known_hosts');
  for (const { now, port, key } of moved) await repinHostKeys(pins, now, port, [key]);
  await saveRoom(file, next, true);
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

function parentText({ name, was, now }: Moved): string {
  return (
    `${name} is the parent, and its cluster knows it as ${was} in every certificate: kmon.yaml was left as it is for it\n` +
    `  fix: give it ${was} again (in the router, or on it: sudo ip address add ${was}/24 dev DEVICE); where there is no cluster yet, write ${now} into kmon.yaml`
  );
}

/** One for each kind of what was not found. */
function remedies(rows: readonly Row[]): readonly string[] {
  const of = (is: Row['is']): string => rows.flatMap((row) => (row.is === is ? [row.name] : [])).join(', ');
  return [
    ...(of('lost') === ''
      ? []
      : [
          `${of('lost')}: nobody shows its host key in this network\n  fix: switch it on, and see that it is in the same network; a machine that was installed anew has another key`,
        ]),
    ...(of('doubled') === ''
      ? []
      : [
          `${of('doubled')}: several machines show its host key, so nobody can tell which it is\n  fix: give all of them but one new keys, there: sudo rm /etc/ssh/ssh_host_*_key*; sudo ssh-keygen -A; sudo systemctl restart ssh`,
        ]),
    ...(of('unknown') === ''
      ? []
      : [`${of('unknown')}: write the new address into kmon.yaml by hand, if it has another one`]),
  ];
}

function told(row: Row): object {
  return row.is === 'moved'
    ? { name: row.name, was: row.was, is: row.is, now: row.now, fingerprint: row.fingerprint }
    : row;
}

function say(view: View, text: string): void {
  view.handle({ type: 'note', text });
}
