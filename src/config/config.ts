import type { Room } from '../room/room.js';

/**
 * What the program uses: every default applied, every path absolute, everything checked. `load.ts` makes it out of what a person wrote
 * (`written.ts`).
 */
export interface Config {
  /** Absolute path of kmon.yaml; state that belongs to the room lies in `.kmon/` beside it. */
  readonly file: string;
  /** `.kmon/` beside kmon.yaml: kubeconfig, known_hosts, transcripts. Made 0700 when first needed. */
  readonly stateDir: string;
  readonly room: Room;
  /** Tells this room from every other, whatever they are called: from `.kmon/room-id`. Absent until kmon changes the first machine. */
  readonly roomId?: string;
  /** How to log in, by machine name. */
  readonly logins: Readonly<Record<string, SshLogin>>;
  /** Files of pinned host keys that are read; new keys go to `.kmon/known_hosts`. */
  readonly knownHostsFiles: readonly string[];
  /**
   * `pin`: the first key seen is shown and pinned. `pinned-only`: a machine without a pinned key is refused. Absent: refused where
   * ~/.ssh/config says StrictHostKeyChecking yes, else pinned.
   */
  readonly hostKeys?: 'pin' | 'pinned-only';
  readonly kubernetes: KubernetesConfig;
  readonly monitoring: MonitoringConfig;
  /** Folder of an offline bundle; absent: packages come from apt repositories. */
  readonly bundle?: string;
}

/** One machine's login as kmon.yaml says it. What is absent comes from ~/.ssh/config, then from the defaults. */
export interface SshLogin {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly keyFile?: string;
  /** 0600 file with the sudo password, for rooms that run unattended; otherwise it is asked once. */
  readonly sudoPasswordFile?: string;
  /** 0600 file with the login password; otherwise it is asked when no key is accepted. */
  readonly passwordFile?: string;
}

export interface KubernetesConfig {
  /** Minor version, such as "1.36". */
  readonly version: string;
  readonly network: 'flannel' | 'routes';
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  /** Names of kubeadm's own preflight checks to pass over; empty on real computers. */
  readonly ignorePreflight: readonly string[];
}

export interface MonitoringConfig {
  readonly profile: 'stack' | 'lite';
  readonly namespace: string;
  readonly scrapeIntervalSeconds: number;
  readonly retention: string;
  readonly prometheusNodePort: number;
  readonly prometheusMemory: string;
  /** Grafana is left out where its image cannot be had (offline bundles without it). */
  readonly grafana: boolean;
  readonly grafanaNodePort: number;
}
