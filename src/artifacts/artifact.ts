import type { AddonName, MonitoringProfile, PodNetwork } from '../config/config.js';
import type { Role } from '../room/machine.js';

/** Who needs a thing from outside. What is absent narrows nothing. */
export interface NeededBy {
  readonly roles: readonly Role[];
  /** Only with one of these pod networks. */
  readonly networks?: readonly PodNetwork[];
  /** Only with one of these profiles of the monitoring. */
  readonly profiles?: readonly MonitoringProfile[];
  /** Only where Grafana is wanted. */
  readonly grafana?: true;
  /** Only where there is an Alertmanager: in the small monitoring that is where alerts leave the room. */
  readonly alerts?: true;
  /** The room goes without it, and says so, where it cannot be had. */
  readonly spared?: true;
  /** Only by what comes onto a cluster that is up; what a profile of the monitoring needs is of that kind too. */
  readonly addons?: true;
  /** Only by this add-on of the catalogue, where kmon.yaml lists it. */
  readonly addon?: AddonName;
  /** Only by this command: a room is up without it, and is sent it when the command is typed. A bundle has it all the same. */
  readonly command?: CommandWithNeeds;
}

/** Those of which something has to come from outside that nothing else of the room needs. */
export type CommandWithNeeds = 'test-app' | 'stress';

/**
 * What a machine has to have before it is made a node, and what only before the monitoring or a pod network is installed, which may come while
 * kubeadm works; or the add-on of the catalogue, or the command, that it is for.
 */
export type Purpose = 'node' | 'addons' | AddonName | CommandWithNeeds;

export function purposeOf({ neededBy }: { readonly neededBy: NeededBy }): Purpose {
  if (neededBy.command !== undefined) return neededBy.command;
  if (neededBy.addon !== undefined) return neededBy.addon;
  return neededBy.addons === true || neededBy.profiles !== undefined ? 'addons' : 'node';
}

/** A package for apt. */
export interface AptPackage {
  readonly kind: 'package';
  readonly name: string;
  readonly neededBy: NeededBy;
  /** Whose packages these are; absent: the distribution's own. */
  readonly source?: AptSourceName;
}

/** Those who have packages that distributions lack. */
export type AptSourceName = 'kubernetes' | 'docker' | 'helm';

/** A program that kmon calls by its full path. */
export interface Program {
  readonly kind: 'program';
  readonly name: string;
  readonly neededBy: NeededBy;
  /** The one that has it, where programs come by apt. */
  readonly package: AptPackage;
  /** Where that package puts it. */
  readonly packageFolder: string;
  /** What apt brings along with that package, and has to install when the program comes alone. */
  readonly alone?: readonly AptPackage[];
}

/** A container image. */
export interface Image {
  readonly kind: 'image';
  readonly name: string;
  readonly neededBy: NeededBy;
  /** Where it is published. */
  readonly repository: string;
  /** Its pinned version; absent: that of the kubeadm, which asks for it. */
  readonly tag?: string;
}

/** A Helm chart. */
export type Chart = OwnChart | PublishedChart;

interface AnyChart {
  readonly kind: 'chart';
  readonly name: string;
  readonly neededBy: NeededBy;
}

export interface OwnChart extends AnyChart {
  /** Folder of the templates that it is made from. */
  readonly template: string;
}

/** Somebody else's, at a registry of images: Helm calls that OCI. */
export interface PublishedChart extends AnyChart {
  /** Its last part is the name. */
  readonly repository: string;
  /** The one version that kmon knows; it is its tag, too. */
  readonly version: string;
}

/** What is needed from outside of the room. */
export type Artifact = AptPackage | Program | Image | Chart;

export const ALL: NeededBy = { roles: ['parent', 'child'] };
export const PARENT_ONLY: NeededBy = { roles: ['parent'] };
