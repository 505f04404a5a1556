import { settingsFile } from './apt-config.js';
import type { EngineKind } from './container-engine-args.js';
import type { HostApt } from './host.js';

/** How a machine of a lab reaches what is outside of it. */
export interface Outside {
  readonly hostsLines: readonly string[];
  /** Empty: the engine takes care of it. */
  readonly resolvConf: string;
  readonly aptSettings: string;
  /** A certificate that machines are to trust beside those of their system; empty: none. */
  readonly authority: string;
}

/** As this computer does. `gateway`: this computer as a machine sees it. */
export function asThisComputer(apt: HostApt, kind: EngineKind, gateway: string): Outside {
  return {
    hostsLines: apt.hostsLines,
    resolvConf: kind === 'podman' ? apt.resolvConf : '',
    aptSettings: settingsFile(apt.settings, gateway),
    authority: '',
  };
}
