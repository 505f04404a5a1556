import type { Artifact } from '../artifacts/artifact.js';
import type { Supply } from '../artifacts/supply.js';
import type { ReleaseName } from '../tools/helm.js';
import type { ClusterNode } from '../tools/kubernetes-objects.js';
import type { AddonName, Config } from '../config/config.js';
import type { Context } from '../engine/context.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { Resource } from '../resources/resource.js';
import type { PORTS } from '../room/ports.js';
import type { Command } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';

/**
 * What kmon puts on a cluster beside the workshop itself: one folder, one line in the list. An add-on says what should be there; looking,
 * planning, installing and proving it is the same for all of them and is not its matter.
 */
export interface Addon {
  /** The name of its folder. */
  readonly id: string;
  /** The stage that installs it, in events and reports; absent: its id. */
  readonly stage?: string;
  /** Imperative, sentence case: "Deploy the monitoring". */
  readonly title: string;
  /**
   * `network`: pods need it, so it comes right behind the control plane. `monitoring`: it comes when pods can start. `catalogue`: when the children have
   * joined, where kmon.yaml lists it, or by `kmon addon add`; see `CatalogueAddon`.
   */
  readonly group: 'network' | 'monitoring' | 'catalogue';
  /** Why this cluster goes without it, in the words of kmon.yaml; `undefined`: it is wanted. */
  notWanted(config: Config): string | undefined;
  /** What of somebody else's it cannot be beside; asked before something of it is installed. Only looks. */
  inTheWay?(c: Context): Promise<KmonError | undefined>;
  /** All that has to come from outside. */
  readonly needs: readonly Artifact[];
  /**
   * What should be on the cluster, in this order. Asks nobody: what has to be asked is asked when it is needed. Absent: it is on the machines alone.
   *
   * @param printed by `reads` on each machine, by its name; nothing of a machine that is not in the run, nor in a plan that asks nobody
   */
  install?(c: Context, printed: ReadonlyMap<string, string>): readonly Part[];
  /** What must be seen, once it is installed as it should be, before it counts as there; each in its order. */
  readonly proofs: readonly Proof[];
  /** How long the proofs may take, in milliseconds. */
  readonly settleMs: number;
  /** The rows of the table of ports that it needs. */
  readonly ports?: readonly (keyof typeof PORTS)[];
  /** What a pod network needs on the machines themselves. */
  readonly onMachines?: MachineNetwork;
  /** What there may be of it on a cluster that lives on without it; absent: it goes with the cluster alone. */
  leaves?(config: Config): OnCluster;
  /** Files on this computer that open something of it: they go with the cluster. */
  keeps?(config: Config): readonly string[];
  /** What it would put on the cluster, as files, from kmon.yaml alone: nobody is asked and nothing is touched. */
  render?(config: Config, supply: Supply): Promise<Rendering>;
  readonly explain: GuideText;
}

/**
 * An add-on of the catalogue: what a class may have besides. It is all data, and nothing else of kmon knows one by its name: by its name in
 * kmon.yaml it is listed, by `neededBy.addon` of its images it is supplied, by the label `kmon/addon` with its id, which every object of it carries
 * and the template of every pod, it is known again and removed.
 */
export interface CatalogueAddon extends Addon {
  /** What it brings depends on which monitoring there is: a command about it asks the cluster first. */
  readonly goesByMonitoring?: true;
  readonly group: 'catalogue';
  readonly id: AddonName;
  /** What it is, as a clause: "what answers kubectl top". */
  readonly what: string;
  /** What is asked of every machine that is in the cluster, before it is installed, as root. */
  readonly reads?: Command<'reads'>;
  /** Paths in the API of what is there wherever one of its kind is, whoever brought it: without the label it is somebody else's. */
  readonly knownBy: readonly string[];
  /**
   * What has to be so on every machine that is in the cluster, once it is there and proven; pure. It is noted as all that kmon changes on a machine, and
   * given back with the add-on. One that has it is for rooms alone.
   */
  onEachMachine?(c: Context): readonly Resource[];
  /**
   * Why it is of no use to this machine, asked on the machine itself: before it is told, and by `kmon addon verify`. For one with `onEachMachine`.
   * Only looks.
   */
  readonly silentTo?: (c: Context) => Promise<KmonError | undefined>;
  /** What `kmon addon verify` looks at besides the proofs: a run that installs has just seen to it by itself. */
  readonly verifies?: readonly Proof[];
  /**
   * Whether what is on the cluster is about the machines that there are now: one that has come or gone since makes no fault of it, and what it lacks its
   * proof says. Absent: it is about no machine. Only looks.
   */
  isOfTheseMachines?(c: Context): Promise<boolean>;
  /** How a person gets at it. */
  shows(at: ShownAt): Shown;
  /** Why it must not be taken away now: somebody would lose what is theirs. Asked before anything of it goes. Only looks. */
  inUse?(c: Context): Promise<KmonError | undefined>;
  /** All that may be there of it, in the order in which it goes. */
  leaves(config: Config): OnCluster;
}

/** Where an add-on is. */
export interface ShownAt {
  readonly config: Config;
  readonly cluster: { readonly context?: string | undefined };
}

/** An address for a browser, or a line to type. */
export type Shown =
  { readonly kind: 'address'; readonly url: string } | { readonly kind: 'command'; readonly line: string };

/** An add-on as files that somebody can look at, keep, or install in a way of their own. */
export interface Rendering {
  readonly files: readonly RenderedFile[];
  /** What is in them, in words: "values, chart and rules". */
  readonly holds: string;
  /** Where its chart is, and the file with its values: where there is a helm, it makes the manifests of them. */
  readonly release: ReleaseName & { readonly chart: RenderedChart; readonly values: string };
  /** What has to be there before it is installed, and is in none of the files, each as a clause. */
  readonly wants: readonly string[];
}

export type RenderedChart =
  /** Among these files. */
  | { readonly comesAs: 'folder'; readonly folder: string }
  /** Published by others, by the name and the version that helm fetches it by. `file`: its archive is on this computer already. */
  | {
      readonly comesAs: 'published';
      readonly name: string;
      readonly version: string;
      readonly file: string | undefined;
    };

export interface RenderedFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What a student reads, in both languages of the workshop: plain text, a few sentences. */
export interface GuideText {
  readonly en: string;
  readonly fr: string;
}

/** Resolves to what is missing yet, in words; `undefined`: it is proven. Only looks. */
export type Proof = (c: Context) => Promise<string | undefined>;

export type Part = ReleasePart | ObjectsPart | DefinitionsPart | KeyPart;

/** Installed by Helm, which also knows what to take away. */
export interface ReleasePart extends ReleaseName {
  readonly kind: 'release';
  readonly chart: Chart;
  /** YAML or JSON, the same text for the same room: the digest of the release depends on it. Asks the cluster where it must. */
  readonly values: () => Promise<string>;
  /** The chart wants it to be there first. */
  readonly password?: Password;
  /** The same of a secret that somebody has given. The values stand for what is in it: where it is another, they are others. */
  readonly given?: GivenSecret;
  /** What is wanted of it and cannot be had; told when it is installed. */
  readonly leftOut?: string;
  /** What somebody should know before it is installed. */
  readonly told?: string;
  /** Releases of kmon's that cannot be there beside it, as after another word in kmon.yaml: they are removed first. */
  readonly replaces?: readonly ReplacedRelease[];
}

export interface ReplacedRelease extends ReleaseName {
  /** What came of it outside of the release, and stays when Helm removes that. */
  readonly leaves: readonly ClusterObject[];
}

/** What an add-on puts on a cluster, by what is recorded of it there. */
export interface OnCluster {
  readonly release?: ReplacedRelease;
  /** What kmon applied by these names, and says by a label that it is kmon's. */
  readonly secrets?: readonly { readonly namespace: string; readonly name: string }[];
  /** What it applied beside a release, in the order in which it goes. */
  readonly objects?: readonly LabelledObjects[];
  /** The definitions of kinds that it may have brought. */
  readonly definitions?: readonly string[];
}

/** All objects of these kinds that carry a label. */
export interface LabelledObjects {
  /** Absent: of the whole cluster, or namespaces themselves. */
  readonly namespace?: string;
  /** A kind with a dot in its name is one that a definition brings, and may not be there. Pods are not removed: what made them does that, and they are waited for. */
  readonly kinds: readonly string[];
  /** `key=value` */
  readonly label: string;
}

/** An object of the cluster by its name. */
export interface ClusterObject {
  readonly kind: string;
  /** Absent: its kind has none. */
  readonly namespace?: string;
  readonly name: string;
}

/** A chart, and where it lies for the helm that installs it. */
export interface Chart {
  readonly path: string;
  readonly digest: () => Promise<string>;
  /** What has to be put there; absent: it is there. */
  readonly archive?: () => Promise<Buffer>;
}

/** Made once, at random: for the teacher a file of this computer (0600), for the cluster a Secret. */
export interface Password {
  /** "Grafana's password" */
  readonly what: string;
  readonly namespace: string;
  /** Name of the Secret. */
  readonly secret: string;
  readonly file: string;
  /** Told when it is made, in front of "is in" and the file. */
  readonly told: string;
  /** The objects that hold it, as JSON. */
  readonly objects: (password: Secret) => Secret;
}

/**
 * A key to the cluster for somebody at this computer: a token of an account that a part before it has made, short-lived, in a file (0600). A new one
 * is asked for when half of its time is over, and when the cluster does not take it. With the account it ends.
 */
export interface KeyPart {
  readonly kind: 'key';
  /** "the teacher's token" */
  readonly what: string;
  readonly account: { readonly namespace: string; readonly name: string };
  readonly hours: number;
  readonly file: string;
  /** Told when it is made, in front of how long it is good, and the file. */
  readonly told: string;
}

/** A secret that somebody has given, as it goes to the cluster. */
export interface GivenSecret {
  /** "the secrets of where alerts go" */
  readonly what: string;
  /** The objects that hold it, as JSON. Rejects with the KmonError that says why it cannot be had. */
  readonly objects: () => Promise<Secret>;
}

/** Applied as they are. */
export interface ObjectsPart {
  readonly kind: 'objects';
  readonly name: string;
  /** YAML. Every object in it carries the label `app.kubernetes.io/managed-by: kmon`. */
  readonly manifest: () => Promise<string>;
}

/**
 * Kinds of object that a release needs before it (CustomResourceDefinitions): applied once for all, of a version. Those that somebody else has
 * brought are used, and left as they are.
 */
export interface DefinitionsPart {
  readonly kind: 'definitions';
  readonly name: string;
  /** The definitions by their names in the API. */
  readonly names: readonly string[];
  /** Of a label's letters, at most 63: what is there of kmon's and of another version is applied anew. */
  readonly version: string;
  /** Those of these names, as YAML or JSON, labelled `app.kubernetes.io/managed-by: kmon` and with `version`. */
  readonly manifest: (names: readonly string[]) => Promise<string>;
}

/** The nodes with their ranges of pod addresses, the parent first. */
export type NetworkNodes = readonly Pick<ClusterNode, 'name' | 'podCidr' | 'internalIp'>[];

/** What of its surroundings a pod network on the machines depends on. */
export type NetworkContext = Pick<Context, 'machine' | 'config' | 'factsOf' | 'about'>;

/** What a pod network needs on the machines: pure over the nodes. */
export interface MachineNetwork {
  /** On each machine itself, the parent too. */
  here(nodes: NetworkNodes, c: NetworkContext): readonly Resource[];
  /** On the parent, for a child that has joined. */
  onParent(nodes: NetworkNodes, c: NetworkContext): readonly Resource[];
  /** On each child, once all have joined. */
  toPeers(nodes: NetworkNodes, c: NetworkContext): readonly Resource[];
}
