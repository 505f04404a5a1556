import type { MonitoringProfile } from '../config/config.js';
import type { MirroredRegistry } from '../config/sections/mirrors.js';
import type { Role } from '../room/machine.js';
import type { AptSource } from './apt-sources.js';
import type { AptPackage, Chart, Image, Program, Purpose } from './artifact.js';
import type { Need } from './need.js';

/**
 * Where things come from: the Internet, a bundle, a mirror. It is chosen once, when a run is put together; who needs a thing asks the supply
 * and does not know which one it is. Answers are made from what is known already: nothing is looked at or downloaded by asking.
 */
export interface Supply {
  /** What it is called within a sentence: "the bundle". */
  readonly called: string;
  /** The machines get images and Kubernetes' packages by themselves, when they are needed. Otherwise all of it is sent to them. */
  readonly fetched: boolean;
  /** Where all programs that kmon calls lie on a machine. Known from kmon.yaml alone: a teardown works without the bundle at hand. */
  readonly programFolder: string;
  program(wanted: Program): ProgramSource;
  /** What apt installs of this, by name, and from which sources beside those that the machine has. */
  packages(wanted: readonly AptPackage[], need: Need): AptPlan;
  /** `undefined`: this supply has no such image. */
  image(wanted: Image): ImageRef | undefined;
  /** Of one that there is no going on without: what this supply has no image of is pulled from where it is published. */
  indispensable(wanted: Image): ImageRef;
  chart(wanted: Chart): ChartRef;
  /** Which monitoring it has the parts of, the larger one where it has both; `undefined`: nobody knows what is in it. */
  readonly profile: Exclude<MonitoringProfile, 'existing'> | undefined;
  /**
   * What has to be put on a machine of this role and architecture (as Debian names it) for that, before it is used. What is for both is for
   * the node.
   */
  sentTo(role: Role, purpose: Purpose, architecture: string): Shipment;
  /**
   * The images that a machine needs and that are not among what is sent where the others are: it pulls them from where they are published. None
   * where all of them are fetched, nor any that kmon goes without.
   */
  lacking(need: Need): readonly Image[];
  /** What tells whether a machine can download what it needs; nothing where all of it is sent. */
  samples(need: Need): readonly Sample[];
  /** What containerd asks in place of registries, before it asks these. */
  readonly registryMirrors: readonly RegistryMirror[];
  /** What is said when it has nothing that runs on machines of this architecture (as Debian names it); `undefined`: it has. */
  misfit(architecture: string): Misfit | undefined;
}

/** How a program gets onto a machine. */
export interface ProgramSource {
  readonly path: string;
  /** `package`: with all that its package has beside it, such as its unit of systemd. `file`: the program and nothing else. */
  readonly comesAs: 'package' | 'file';
  /** Who is to blame for its version, within a sentence. */
  readonly origin: string;
  /** Where it is known without asking the machine. */
  readonly version?: string;
}

export interface AptPlan {
  readonly names: readonly string[];
  readonly sources: readonly AptSource[];
}

/** The name by which pods ask for an image. */
export type ImageRef = string;

/** A chart on the parent: sent with the rest, or made or fetched here when it is wanted. */
export type ChartRef =
  /** `file`: where it lies on this computer. */
  | { readonly comesAs: 'file'; readonly path: string; readonly sha256: string; readonly file: string }
  /** `here`: where it lies on this computer once it is fetched; absent: it is made of what came with kmon. */
  | {
      readonly comesAs: 'made';
      readonly path: string;
      readonly make: () => Promise<Buffer>;
      readonly here?: string;
    };

/** What is sent to a machine, each in the order in which it is sent. */
export interface Shipment {
  readonly files: readonly SentFile[];
  readonly archives: readonly ImageArchive[];
}

/** A file of this computer that goes to a machine. */
export interface SentFile {
  readonly name: string;
  readonly version: string;
  /** On this computer. */
  readonly file: string;
  /** On the machine. */
  readonly path: string;
  readonly mode: '755' | '644';
  /** It is packed with gzip, and unpacked while it arrives. */
  readonly packed: boolean;
  /** Of what is sent. */
  readonly sizeBytes: number;
  /** Of what lies on the machine in the end. */
  readonly sha256: string;
}

/** A file of this computer with images, for the machine's containerd. */
export interface ImageArchive {
  readonly name: string;
  /** On this computer. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly images: readonly ImageRef[];
}

/** A few bytes of a place that something is downloaded from: when they come, downloads from there do. */
export interface Sample {
  readonly gives: 'packages' | 'images';
  readonly url: string;
  /**
   * What has to come of it: a repository's key, its signed table of contents, a registry's greeting (which may want a token), or no more than
   * some answer.
   */
  readonly proof: 'key' | 'release' | 'registry' | 'answer';
}

/** A mirror of a registry of images. With a path, the images are below it. */
export interface RegistryMirror {
  /** What images are named after. */
  readonly registry: MirroredRegistry;
  readonly url: string;
}

/** As a finding says it. */
export interface Misfit {
  readonly evidence: string;
  readonly remedy: string;
}
