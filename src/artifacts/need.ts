import type { AddonName, Config } from '../config/config.js';
import type { Facts, OsBase } from '../facts/facts.js';
import type { Machine, Role } from '../room/machine.js';
import type { Artifact, CommandWithNeeds } from './artifact.js';

/** What decides what a machine needs from outside, and which edition of it. */
export interface Need {
  readonly role: Role;
  /** Minor version of Kubernetes, such as "1.36". */
  readonly version: string;
  readonly network: Config['kubernetes']['network'];
  readonly profile: Config['monitoring']['profile'];
  /** Whether Grafana is wanted; absent: it is. */
  readonly grafana?: boolean;
  /** Whether there is an Alertmanager; absent: there is none. */
  readonly alerts?: boolean;
  /** The add-ons of the catalogue that are wanted; absent: none. */
  readonly addons?: readonly AddonName[];
  /** The command that needs more than the room itself; absent: none is asked about. */
  readonly command?: CommandWithNeeds;
  /** The release that the machine's system is made from; absent where kmon does not know it. */
  readonly base?: OsBase;
}

/** What of kmon.yaml decides it. */
export type NeedingConfig = Pick<Config, 'kubernetes' | 'monitoring' | 'addons'>;

export function needOf(c: {
  readonly machine: Pick<Machine, 'role'>;
  readonly config: NeedingConfig;
  readonly facts: Pick<Facts, 'os'>;
}): Need {
  const { base } = c.facts.os;
  return { ...needIn(c.config, c.machine.role), ...(base === undefined ? {} : { base }) };
}

/** The same of whatever machine has that role: nothing is known of its system. */
export function needIn({ kubernetes, monitoring, addons }: NeedingConfig, role: Role): Need {
  return {
    role,
    version: kubernetes.version,
    network: kubernetes.network,
    profile: monitoring.profile,
    ...(monitoring.grafana ? {} : { grafana: false }),
    ...(hasAlertmanager(monitoring) ? { alerts: true } : {}),
    ...(addons.length === 0 ? {} : { addons }),
  };
}

/** The small monitoring has one where alerts leave the room, the large one always. */
export function hasAlertmanager({
  profile,
  alerts,
}: Pick<Config['monitoring'], 'profile' | 'alerts'>): boolean {
  return profile === 'stack' || alerts !== undefined;
}

export function isNeeded({ neededBy }: Pick<Artifact, 'neededBy'>, need: Need): boolean {
  return neededBy.roles.includes(need.role) && isOfRoom({ neededBy }, need);
}

/** Whether the room goes without it, and says so, where it cannot be had. */
export function isOptional({ neededBy }: Pick<Artifact, 'neededBy'>): boolean {
  return neededBy.grafana === true || neededBy.spared === true;
}

/** Whether some machine of such a room needs it, whichever that is. */
export function isOfRoom(
  { neededBy }: Pick<Artifact, 'neededBy'>,
  need: Pick<Need, 'network' | 'profile' | 'grafana' | 'alerts' | 'addons' | 'command'>,
): boolean {
  return (
    (neededBy.addon === undefined || need.addons?.includes(neededBy.addon) === true) &&
    (neededBy.command === undefined || neededBy.command === need.command) &&
    neededBy.networks?.includes(need.network) !== false &&
    neededBy.profiles?.includes(need.profile) !== false &&
    (neededBy.grafana !== true || need.grafana !== false) &&
    (neededBy.alerts !== true || need.alerts === true)
  );
}
