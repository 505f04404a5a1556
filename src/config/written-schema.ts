import { z } from 'zod';
import { keyMapsOf } from './key-maps.js';
import { matching, optional, path } from './kinds.js';
import { KMON_VERSION } from './mistakes/check-version.js';
import { LABEL_VALUE } from './names.js';
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
    kmon: optional(
      matching('a version of kmon in quotes, such as "0.2"', KMON_VERSION),
      'The oldest kmon that may read this file, in quotes. Default: any.',
    ),
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

/** The keys of its maps. */
export const KEYS = keyMapsOf(writtenSchema);
