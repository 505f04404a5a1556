import type { Config, MonitoringProfile, ReadConfig } from '../config/config.js';
import type { Supply } from './supply.js';

/** Which monitoring a room gets. */
export interface ProfileDecision {
  readonly profile: MonitoringProfile;
  /** Why, as a clause; absent: kmon.yaml names it. */
  readonly because?: string;
}

/** What a cluster that can be asked says of the monitoring that is on it. */
export interface MonitoringThere {
  /** What kmon has installed. */
  readonly profile?: MonitoringProfile;
  /** A Prometheus that an operator of somebody else's keeps: namespace and name. */
  readonly others?: string;
  /** The namespace of kmon's own monitoring, where it is in another than kmon.yaml says. */
  readonly elsewhere?: string;
}

/**
 * What kmon.yaml names. Where it names none: what is installed, so that no second run changes it unasked; else what its parts can be had for.
 * Asks nobody.
 */
export function decideProfile(
  { monitoring: { profile } }: Pick<ReadConfig, 'monitoring'>,
  supply: Pick<Supply, 'profile' | 'called'>,
  there: MonitoringThere = {},
): ProfileDecision {
  if (profile !== 'auto') return { profile };
  if (there.profile !== undefined) return open(there.profile, 'it is what is installed');
  if (there.others !== undefined)
    return open('existing', `the cluster has an operator of somebody else's already, with ${there.others}`);
  switch (supply.profile) {
    case 'stack':
      return open('stack', `${supply.called} has its parts`);
    case 'lite':
      return open('lite', `${supply.called} has no kube-prometheus-stack`);
    case undefined:
      return open('lite', `nothing is installed, and ${supply.called} is not looked into for this`);
  }
}

function open(profile: MonitoringProfile, because: string): ProfileDecision {
  return { profile, because: `kmon.yaml names none, and ${because}` };
}

/** kmon.yaml with its profile decided: everything behind this knows of no choice. */
export function withProfile<C extends Pick<ReadConfig, 'monitoring'>>(
  config: C,
  { profile, because }: ProfileDecision,
): C & Pick<Config, 'monitoring'> {
  return {
    ...config,
    monitoring: {
      ...config.monitoring,
      profile,
      ...(because === undefined ? {} : { profileIsOpen: true as const }),
    },
  };
}

/** As a person reads it, where there is something to say. */
export function profileText({ profile, because }: ProfileDecision): string | undefined {
  return because === undefined
    ? undefined
    : `the monitoring has the profile ${profile}: ${because} (monitoring.profile)`;
}
