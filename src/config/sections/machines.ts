import { z } from 'zod';
import type { Machine, Observed, Role } from '../../room/machine.js';
import { EXPORTER_PORTS } from '../../room/ports.js';
import type { Room } from '../../room/room.js';
import { choice, matching, optional, tcpPort } from '../kinds.js';
import { HOST, LABEL_VALUE, MACHINE_NAME, REACHABLE_ADDRESS, RESERVED_NAMES } from '../names.js';
import type { KeyPath } from '../mistakes/problems.js';
import { login } from './login.js';

/** What a child is that says no more than its address. */
export const CHILDREN = { kind: 'node' } as const;

/** What a machine is a node as. */
const NODES = ['machine', 'guest'] as const;

const machine = {
  address: matching(
    'an IPv4 address that the other machines can reach (a name for SSH is its host)',
    REACHABLE_ADDRESS,
  ).meta({ description: 'IPv4 address by which the other machines of the room reach this one.' }),
  name: optional(
    matching(
      `a name of small letters, digits and hyphens, at most 63, other than ${RESERVED_NAMES.join(' and ')}`,
      MACHINE_NAME,
    ),
    'Name of the node in Kubernetes, unique in the room. Default: parent, child-1, child-2, … by the place in the list.',
  ),
  host: optional(
    matching('an IPv4 address, a host name or a Host of ~/.ssh/config', HOST),
    'Where SSH connects to: an address, a name, or a Host of ~/.ssh/config. Default: the address.',
  ),
  node: optional(
    choice(...NODES),
    'machine: the computer itself; guest: a Linux inside of it (a laptop with Windows or macOS), behind its address, which forwards ports to it.',
    NODES[0],
  ),
  ...login,
};

/** A machine may be written as its address alone. */
const addressAlone = (value: unknown): unknown => (typeof value === 'string' ? { address: value } : value);

export const parent = z.strictObject(machine, {
  error: 'one machine, since a room has one parent: an address, or {address, name, …}',
});

export const child = z.strictObject(
  {
    ...machine,
    team: optional(
      matching('a word of letters, digits, dots, hyphens, at most 63', LABEL_VALUE),
      'Label kmon/team of the node and of its measurements.',
    ),
    kind: optional(
      choice('node', 'observed'),
      'node: a worker of the cluster; observed: a computer of any system, watched by its own exporter and left alone.',
      CHILDREN.kind,
    ),
    exporter: optional(
      tcpPort(),
      `Port of the exporter on an observed computer, which has to be said there: ${EXPORTER_PORTS.node} for node_exporter, ${EXPORTER_PORTS.windows} for windows_exporter.`,
    ),
  },
  { error: 'a machine: an address, or {address, name, …}' },
);

/** The same two as keys of kmon.yaml. */
export const machines = {
  parent: z.preprocess(addressAlone, parent).meta({
    description: 'Control plane, Prometheus, Grafana: an address, or {address, name, …}.',
  }),
  children: optional(
    z.array(z.preprocess(addressAlone, child), {
      error: 'a list of machines, such as [192.168.1.11, 192.168.1.12]',
    }),
    'The workers that are watched: a list of addresses, or of {address, name, team, …}.',
  ),
};

/** What stands for a machine that is written as its address alone. */
export const addressOfMachine = machine.address;

export type WrittenMachine = z.output<typeof parent> & { readonly team?: string | undefined };
export type WrittenChild = z.output<typeof child>;

/** The name of a machine that has none in kmon.yaml: `parent`, or `child-1` by its place in the list. */
export function defaultName(path: KeyPath): string {
  const index = path[1];
  return typeof index === 'number' ? `child-${index + 1}` : 'parent';
}

/** A machine as written, with the name that it has. */
export interface Named<T extends WrittenMachine = WrittenMachine> {
  readonly written: T;
  readonly name: string;
}

/** All of them, the parent first. A name by the place in the list is that of the whole list: it stays when a neighbour becomes an observed one. */
export function named(
  parentOf: WrittenMachine,
  children: readonly WrittenChild[] = [],
): readonly [parent: Named, ...children: readonly Named<WrittenChild>[]] {
  return [
    { written: parentOf, name: parentOf.name ?? defaultName(['parent']) },
    ...children.map((written, i) => ({ written, name: written.name ?? defaultName(['children', i]) })),
  ];
}

/** Who is in the room. */
export function roomOf(
  name: string,
  [parentOf, ...children]: readonly [Named, ...(readonly Named<WrittenChild>[])],
): Room {
  const isObserved = ({ written: { kind } }: Named<WrittenChild>): boolean => kind === 'observed';
  return {
    name,
    parent: toMachine(parentOf, 'parent'),
    children: children.filter((c) => !isObserved(c)).map((c) => toMachine(c, 'child')),
    observed: children.filter(isObserved).map(toObserved),
  };
}

function toMachine({ written, name }: Named, role: Role): Machine {
  return {
    name,
    address: written.address,
    role,
    ...teamOf(written),
    ...(written.node === 'guest' ? { guest: true } : {}),
  };
}

function toObserved({ written, name }: Named<WrittenChild>): Observed {
  return {
    name,
    address: written.address,
    // It is always said: `checkRoom` wants it.
    exporterPort: written.exporter ?? EXPORTER_PORTS.node,
    ...teamOf(written),
  };
}

function teamOf({ team }: WrittenMachine): { readonly team?: string } {
  return team === undefined ? {} : { team };
}
