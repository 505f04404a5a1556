import { z } from 'zod';
import { matching, optional, path } from './kinds.js';
import { LABEL_VALUE } from './names.js';
import type { KeyPath } from './mistakes/problems.js';
import { addons, ADDONS } from './sections/addons.js';
import { kubernetes } from './sections/kubernetes.js';
import { addressOfMachine, child, machines, parent } from './sections/machines.js';
import { mirrors } from './sections/mirrors.js';
import { monitoring } from './sections/monitoring.js';
import { knownHosts, knownHostsFile, ssh } from './sections/ssh.js';
import { teams } from './sections/teams.js';

/** kmon.yaml as a person may write it, nothing else: an unknown key is refused. Its sections are below `sections/`. */
export const writtenSchema = z.strictObject(
  {
    room: matching('a name of letters, digits, dots, hyphens, at most 63', LABEL_VALUE).meta({
      description: "The room's name; `kmon teardown` asks for it.",
    }),
    ssh: optional(ssh, 'How to log in to every machine that says nothing else.'),
    ...machines,
    kubernetes: optional(kubernetes, 'What kubeadm sets up.'),
    monitoring: optional(monitoring, 'How the machines are watched.'),
    addons: optional(
      addons,
      'What `kmon up` puts on the cluster beside the workshop itself; `kmon addon list` tells what there is.',
      ADDONS,
    ),
    teams: optional(teams, 'What `kmon teams` gives each team. Default: from what its children have.'),
    mirrors: optional(mirrors, 'Where packages and images come from in place of where they are published.'),
    bundle: optional(
      path('the path of a bundle folder'),
      'Folder of an offline bundle. Default: packages come from apt.',
    ),
    relay: optional(
      z.boolean({ error: 'true or false' }),
      'What several machines download comes once over the line, through the computer at the keyboard, for as long as the command runs. Without effect with a bundle. Default: true where there are children.',
    ),
  },
  { error: 'a map of room, parent, children, …' },
);

/** What may also be written in a shorter form than its schema has: a machine as its address, a list of one file as the file. */
export const SHORT_FORMS: ReadonlyMap<z.ZodType, z.ZodType> = new Map<z.ZodType, z.ZodType>([
  [parent, addressOfMachine],
  [child, addressOfMachine],
  [knownHosts, knownHostsFile],
]);

/** What a person wrote, checked key by key, without a default. */
export type Written = z.output<typeof writtenSchema>;

const maps: Readonly<Record<string, readonly string[]>> = mapsIn(writtenSchema, '');

/** The keys that may stand in the map at this path. */
export function keysAt(at: KeyPath): readonly string[] {
  return maps[at.map((key) => (typeof key === 'number' ? '*' : key)).join('.')] ?? [];
}

/** The other maps in which this key would be right: `version` belongs to `kubernetes`. */
export function homesOf(key: string): readonly string[] {
  return Object.entries(maps)
    .filter(([, keys]) => keys.includes(key))
    .map(([map]) => (map === '' ? 'the top level' : map.replace('.*', '[]')));
}

/** The keys of every map of the schema, by its path; `*` stands for any place in a list. */
function mapsIn(schema: z.core.$ZodType, at: string): Readonly<Record<string, readonly string[]>> {
  const below = (inner: z.core.$ZodType, key: string): Readonly<Record<string, readonly string[]>> =>
    mapsIn(inner, at === '' ? key : `${at}.${key}`);
  if (schema instanceof z.ZodOptional) return mapsIn(schema.unwrap(), at);
  if (schema instanceof z.ZodPipe) return mapsIn(schema.out, at);
  if (schema instanceof z.ZodArray) return below(schema.element, '*');
  if (!(schema instanceof z.ZodObject)) return {};
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return Object.assign(
    { [at]: Object.keys(shape) },
    ...Object.entries(shape).map(([key, inner]) => below(inner, key)),
  ) as Readonly<Record<string, readonly string[]>>;
}
