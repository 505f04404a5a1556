import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { kmon } from '../../support/kmon.js';
import type { Ended } from '../../support/kmon.js';
import type { TestLab } from '../../support/lab.js';
import { smallBundle } from './small-bundle.js';

/** kmon.yaml as the lab writes it, with absolute paths. */
export interface RoomFile {
  room: string;
  ssh: Record<string, unknown>;
  parent: Record<string, unknown>;
  children: Record<string, unknown>[];
  kubernetes: Record<string, unknown>;
  bundle?: string;
}

/** A room of the lab's machines in a folder of its own: no pins, no transcripts, no state of another test. */
export interface Room {
  readonly dir: string;
  run(...args: readonly string[]): Promise<Ended>;
  /** All that kmon has written into its transcripts here. */
  transcripts(): string;
}

/**
 * Goes with the lab's own folder. With a small bundle unless `change` takes it away: without one, `kmon check` tries the hosts that
 * packages and images come from, and no test may leave the lab.
 */
export function makeRoom(lab: TestLab, change: (file: RoomFile) => void = () => undefined): Room {
  const dir = mkdtempSync(join(lab.dir, 'room-'));
  const text = readFileSync(join(lab.dir, 'kmon.yaml'), 'utf8').replaceAll('./', `${lab.dir}/`);
  const file = parse(text) as RoomFile;
  file.bundle ??= smallBundle(mkdtempSync(join(lab.dir, 'bundle-')));
  change(file);
  return roomOf(dir, stringify(file));
}

/** The same with a kmon.yaml of any text; none when it is absent. */
export function makeRoomOf(lab: TestLab, text?: string): Room {
  return roomOf(mkdtempSync(join(lab.dir, 'room-')), text);
}

function roomOf(dir: string, text: string | undefined): Room {
  if (text !== undefined) writeFileSync(join(dir, 'kmon.yaml'), text);
  return {
    dir,
    run: (...args) => kmon(args, { cwd: dir }),
    transcripts: () => {
      const folder = join(dir, '.kmon/transcripts');
      if (!existsSync(folder)) return '';
      return readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join('');
    },
  };
}

/** What differs between one machine and a room that is meant to be like it: one child by its name. */
export function childOf(file: RoomFile, name: string): Record<string, unknown> {
  const child = file.children.find((c) => c['name'] === name);
  if (child === undefined) throw new Error(`the room has no child ${name}`);
  return child;
}
