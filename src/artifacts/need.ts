import type { Config } from '../config/config.js';
import type { Facts, OsBase } from '../facts/facts.js';
import type { Machine, Role } from '../room/machine.js';
import type { Artifact } from './artifact.js';

/** What decides what a machine needs from outside, and which edition of it. */
export interface Need {
  readonly role: Role;
  /** Minor version of Kubernetes, such as "1.36". */
  readonly version: string;
  readonly network: Config['kubernetes']['network'];
  readonly profile: Config['monitoring']['profile'];
  /** Whether Grafana is wanted; absent: it is. */
  readonly grafana?: boolean;
  /** The release that the machine's system is made from; absent where kmon does not know it. */
  readonly base?: OsBase;
}

export function needOf(c: {
  readonly machine: Pick<Machine, 'role'>;
  readonly config: Pick<Config, 'kubernetes' | 'monitoring'>;
  readonly facts: Pick<Facts, 'os'>;
}): Need {
  const { base } = c.facts.os;
  return {
    role: c.machine.role,
    version: c.config.kubernetes.version,
    network: c.config.kubernetes.network,
    profile: c.config.monitoring.profile,
    ...(c.config.monitoring.grafana ? {} : { grafana: false }),
    ...(base === undefined ? {} : { base }),
  };
}

export function isNeeded({ neededBy }: Pick<Artifact, 'neededBy'>, need: Need): boolean {
  return neededBy.roles.includes(need.role) && isOfRoom({ neededBy }, need);
}

/** Whether some machine of such a room needs it, whichever that is. */
export function isOfRoom(
  { neededBy }: Pick<Artifact, 'neededBy'>,
  need: Pick<Need, 'network' | 'profile' | 'grafana'>,
): boolean {
  return (
    neededBy.networks?.includes(need.network) !== false &&
    (neededBy.profile ?? need.profile) === need.profile &&
    (neededBy.grafana !== true || need.grafana !== false)
  );
}
