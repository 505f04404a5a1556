import type { Room } from '../room/room.js';
import type { AddonName } from './sections/addons.js';
import type { KubernetesConfig, NetworkChoice, PodNetwork } from './sections/kubernetes.js';
import type { SshLogin } from './sections/login.js';
import type { MirrorsConfig } from './sections/mirrors.js';
import type { MonitoringConfig, MonitoringProfile, ProfileChoice } from './sections/monitoring.js';
import type { TeamsConfig } from './sections/teams.js';

export type { AddonName } from './sections/addons.js';
export type { KubernetesConfig, NetworkChoice, PodNetwork } from './sections/kubernetes.js';
export type { SshLogin } from './sections/login.js';
export type { AlertsConfig, AlertWay, EmailConfig, SecretSource } from './sections/alerts.js';
export type { MirrorsConfig } from './sections/mirrors.js';
export type { MonitoringConfig, MonitoringProfile, ProfileChoice } from './sections/monitoring.js';
export type { TeamsConfig } from './sections/teams.js';

/**
 * What the program uses: every default applied, every path absolute, everything checked. `load.ts` makes it out of what a person wrote
 * (`written.ts`).
 */
export interface Config<P extends ProfileChoice = MonitoringProfile, N extends NetworkChoice = PodNetwork> {
  /** Absolute path of kmon.yaml; state that belongs to the room lies in `.kmon/` beside it. */
  readonly file: string;
  /** `.kmon/` beside kmon.yaml: kubeconfig, known_hosts, transcripts. Made 0700 when first needed. */
  readonly stateDir: string;
  readonly room: Room;
  /** Tells this room from every other, whatever they are called: from `.kmon/room-id`. Absent until kmon changes the first machine. */
  readonly roomId?: string;
  /** The id that it gets then, where what is made has to say it before. */
  readonly roomIdToBe?: string;
  /** Whose add-ons this one run takes for those from here as well: those with this id in `kmon/owner`, and those without any; see `--adopt`. */
  readonly adopts?: { readonly owner?: string };
  /** How to log in, by machine name. */
  readonly logins: Readonly<Record<string, SshLogin>>;
  /** Files of pinned host keys that are read; new keys go to `.kmon/known_hosts`. */
  readonly knownHostsFiles: readonly string[];
  /**
   * `pin`: the first key seen is shown and pinned. `pinned-only`: a machine without a pinned key is refused. Absent: refused where
   * ~/.ssh/config says StrictHostKeyChecking yes, else pinned.
   */
  readonly hostKeys?: 'pin' | 'pinned-only';
  readonly kubernetes: KubernetesConfig<N>;
  readonly monitoring: MonitoringConfig<P>;
  /** Of the catalogue, those that the room is to have, in its order. */
  readonly addons: readonly AddonName[];
  readonly teams: TeamsConfig;
  /** Absent: everything comes from where it is published, or is sent. */
  readonly mirrors?: MirrorsConfig;
  /** Folder of an offline bundle; absent: packages come from apt repositories. */
  readonly bundle?: string;
  /** Whether what several machines download comes once, through this computer; absent: where there are several. */
  readonly relay?: boolean;
}

/** As it is read: the profile of the monitoring and the pod network may be open. Both are decided once, before anything is planned. */
export type ReadConfig = Config<ProfileChoice, NetworkChoice>;
