import { join } from 'node:path';
import { factsCommand } from '../facts/script.js';
import { thisPlatform } from '../here/platform/this-platform.js';
import type { Room } from '../room/room.js';
import { createPrompter } from '../ui/prompter.js';
import type { Prompter } from '../ui/prompter.js';
import type { View } from '../ui/view.js';
import type { Io } from './io.js';
import type { OpenMachines, OpenMachinesOptions } from './machines.js';
import { openTelling } from './telling.js';
import type { Telling } from './telling.js';

/** Through what a command asks, tells and reaches machines. Opening it writes the transcript's first line and connects to nothing. */
export interface Doors {
  /** Its name, for whoever finds the room in use. */
  readonly command: string;
  readonly dryRun: boolean;
  readonly telling: Telling;
  readonly prompter: Prompter | undefined;
  readonly machines: OpenMachines;
}

export interface DoorsOptions {
  readonly command: string;
  readonly dryRun: boolean;
  readonly stateDir: string;
  readonly room: Pick<Room, 'parent'>;
  /** Ctrl-C is how the command is ended, and nothing that needs a word. */
  readonly endsByInterrupt: boolean;
  readonly open: (options: OpenMachinesOptions) => OpenMachines;
  readonly view: View;
  /** Hears of each as soon as it is open: whoever called closes it. */
  readonly opened: { telling?: Telling; machines?: OpenMachines };
}

export function openDoors({ stdin, stderr, signal, version }: Io, o: DoorsOptions): Doors {
  const { command, dryRun, opened } = o;
  // A room that came on a stick has the rights of where it was put.
  thisPlatform.shutAgain(o.stateDir);
  const telling = openTelling(o.view, { folder: join(o.stateDir, 'transcripts'), command, version });
  opened.telling = telling;
  signal.addEventListener('abort', () => {
    if (o.endsByInterrupt) return;
    telling.tell({
      type: 'note',
      text: 'stopping after the running command; press Ctrl-C again to leave now',
    });
  });
  const prompter = createPrompter({ stdin, stderr, signal });
  const machines = o.open({
    prompter,
    emit: telling.tell,
    dryRun,
    along: factsCommand(o.room.parent.address),
    onSecret: telling.mask,
  });
  opened.machines = machines;
  return { command, dryRun, telling, prompter, machines };
}
