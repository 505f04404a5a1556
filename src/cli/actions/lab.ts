import { labDown } from '../../lab/down.js';
import { labLink } from '../../lab/link.js';
import { labStatus } from '../../lab/status.js';
import { labUp } from '../../lab/up.js';
import { tableText } from '../../ui/table.js';
import type { View } from '../../ui/view.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';
import type { ShowOptions } from '../with-view.js';

interface LabOptions extends ShowOptions {
  readonly name: string;
}

/** `kmon lab up` */
export function labUpCommand(
  io: Io,
  o: LabOptions & { readonly children: number; readonly bundle: string | undefined },
): Promise<number> {
  return withView(io, o, async (view) => {
    const lab = await labUp({
      name: o.name,
      children: o.children,
      dir: io.cwd,
      signal: io.signal,
      say: sayTo(view),
      ...(o.bundle === undefined ? {} : { bundle: o.bundle }),
    });
    const made =
      lab.changed.length === 0 ? 'everything ran already' : `made or started ${lab.changed.join(', ')}`;
    view.result(`lab ${lab.name}: ${lab.machines.length} machines, ${made}\nnext: kmon up`, lab);
    return 0;
  });
}

/** `kmon lab status` */
export function labStatusCommand(io: Io, o: LabOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const status = await labStatus({ name: o.name, dir: io.cwd });
    const rows = status.machines.map((m) => [
      m.name,
      m.role,
      m.address,
      m.state,
      m.link,
      m.ssh ? 'answers' : 'no',
    ]);
    const titles = ['machine', 'role', 'address', 'state', 'link', 'ssh'].map((title) => ({ title }));
    view.result(rows.length === 0 ? `there is no lab ${o.name}` : tableText(titles, rows), status);
    return 0;
  });
}

/** `kmon lab down` */
export function labDownCommand(io: Io, o: LabOptions & { readonly image: boolean }): Promise<number> {
  return withView(io, o, async (view) => {
    const removed = await labDown({
      name: o.name,
      dir: io.cwd,
      say: sayTo(view),
      removeImage: o.image,
    });
    const count = removed.machines.length;
    view.result(
      count === 0 ? `there was no lab ${o.name}` : `removed ${count} machines of lab ${o.name}`,
      removed,
    );
    return 0;
  });
}

/** `kmon lab link MACHINE up|down` */
export function labLinkCommand(
  io: Io,
  o: LabOptions & { readonly machine: string; readonly state: 'up' | 'down' },
): Promise<number> {
  return withView(io, o, async (view) => {
    const { machine, state } = o;
    await labLink({ name: o.name, machine, up: state === 'up' });
    view.result(`the link of ${machine} is ${state}`, { machine, link: state });
    return 0;
  });
}

function sayTo(view: View): (text: string) => void {
  return (text) => {
    view.handle({ type: 'note', text });
  };
}
