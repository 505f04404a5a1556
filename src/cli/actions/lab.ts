import { resolve } from 'node:path';
import { labInternet } from '../../lab/internet/behave.js';
import type { InternetBehaviour } from '../../lab/internet/behaviour.js';
import { labDown } from '../../lab/down.js';
import { imageAhead } from '../../lab/image-ahead.js';
import { labHere } from '../../lab/lab-here.js';
import { labLink } from '../../lab/link.js';
import type { SensorKind } from '../../lab/sensors/kinds.js';
import { labSensors } from '../../lab/sensors/sensors.js';
import { labStatus } from '../../lab/status.js';
import { labUp } from '../../lab/up.js';
import { tableText } from '../../ui/table.js';
import type { View } from '../../ui/view.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';
import type { ShowOptions } from '../with-view.js';

interface LabOptions extends ShowOptions {
  /** Absent: the one that is meant here. */
  readonly name: string | undefined;
}

const nameOf = async (io: Io, o: LabOptions): Promise<string> => o.name ?? labHere(io.cwd);

/** `kmon lab up` */
export function labUpCommand(
  io: Io,
  o: LabOptions & {
    readonly children: number;
    readonly laptops: number;
    readonly parentGuest: boolean;
    readonly bundle: string | undefined;
    readonly internet: string | undefined;
  },
): Promise<number> {
  return withView(io, o, async (view) => {
    const lab = await labUp({
      name: await nameOf(io, o),
      children: o.children,
      laptops: o.laptops,
      parentGuest: o.parentGuest,
      dir: io.cwd,
      signal: io.signal,
      say: sayTo(view),
      ...(o.bundle === undefined ? {} : { bundle: o.bundle }),
      ...(o.internet === undefined ? {} : { internet: resolve(io.cwd, o.internet) }),
    });
    const made =
      lab.changed.length === 0 ? 'everything ran already' : `made or started ${lab.changed.join(', ')}`;
    view.result(`lab ${lab.name}: ${lab.machines.length} machines, ${made}\nnext: kmon up`, lab);
    return 0;
  });
}

/** `kmon lab image` */
export function labImageCommand(io: Io, o: ShowOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const image = await imageAhead({ signal: io.signal, say: sayTo(view) });
    view.result(`the base image is there: ${image}\nnext: kmon lab up`, { image });
    return 0;
  });
}

/** `kmon lab status` */
export function labStatusCommand(io: Io, o: LabOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const name = await nameOf(io, o);
    const status = await labStatus({ name, dir: io.cwd });
    const rows = status.machines.map((m) => [
      m.name,
      m.role,
      m.address,
      m.state,
      m.link,
      m.ssh ? 'answers' : 'no',
    ]);
    const titles = ['machine', 'role', 'address', 'state', 'link', 'ssh'].map((title) => ({ title }));
    const text = [tableText(titles, rows), ...(status.faults ?? []).map(aboutInternet)].join('\n');
    view.result(rows.length === 0 ? `there is no lab ${name}` : text, status);
    return 0;
  });
}

/** `kmon lab down` */
export function labDownCommand(io: Io, o: LabOptions & { readonly image: boolean }): Promise<number> {
  return withView(io, o, async (view) => {
    const name = await nameOf(io, o);
    const removed = await labDown({
      name,
      dir: io.cwd,
      say: sayTo(view),
      removeImage: o.image,
    });
    const count = removed.machines.length;
    view.result(
      count === 0 ? `there was no lab ${name}` : `removed ${count} machines of lab ${name}`,
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
    await labLink({ name: await nameOf(io, o), machine, up: state === 'up' });
    view.result(`the link of ${machine} is ${state}`, { machine, link: state });
    return 0;
  });
}

/** `kmon lab sensors MACHINE KIND` */
export function labSensorsCommand(
  io: Io,
  o: LabOptions & { readonly machine: string; readonly kind: SensorKind },
): Promise<number> {
  return withView(io, o, async (view) => {
    const { machine, kind } = o;
    await labSensors({ name: await nameOf(io, o), machine, kind });
    view.result(`the sensors of ${machine}: ${kind}`, { machine, sensors: kind });
    return 0;
  });
}

/** `kmon lab internet` */
export function labInternetCommand(
  io: Io,
  o: LabOptions & { readonly behaviour: InternetBehaviour | undefined },
): Promise<number> {
  return withView(io, o, async (view) => {
    const { behaviour } = o;
    const faults = await labInternet({
      name: await nameOf(io, o),
      ...(behaviour === undefined ? {} : { behaviour }),
    });
    const text = faults.length === 0 ? 'nothing is in the way' : faults.map(aboutInternet).join('\n');
    view.result(text, { faults });
    return 0;
  });
}

const aboutInternet = (fault: string): string => `internet: ${fault}`;

function sayTo(view: View): (text: string) => void {
  return (text) => {
    view.handle({ type: 'note', text });
  };
}
