import { KmonError } from '../errors/kmon-error.js';
import type { ExecResult } from '../transport/transport.js';
import { parseForeignJson, type ForeignJson } from './foreign-json.js';

/** A node as the API tells it. */
export interface ClusterNode {
  readonly name: string;
  /** `unknown`: its kubelet has not answered for a while. */
  readonly state: 'ready' | 'not-ready' | 'unknown';
  /** Why it is not Ready, in the words of the kubelet. */
  readonly because?: string;
  /** Such as DiskPressure: the kubelet puts pods out, and new ones are kept away. */
  readonly pressures: readonly string[];
  /** `cordoned`: new pods are kept away. */
  readonly cordoned: boolean;
  readonly internalIp?: string;
  /** From the `node-role.kubernetes.io/` labels, sorted: control-plane, worker. */
  readonly roles: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Such as v1.36.3. */
  readonly kubeletVersion: string;
  readonly podCidr?: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

const ROLE = 'node-role.kubernetes.io/';

/** @throws KmonError `command` when it is no list of nodes. */
export function parseNodes(result: ExecResult): readonly ClusterNode[] {
  return itemsOf(result, 'nodes').map(node);
}

function node(item: ForeignJson): ClusterNode {
  const conditions = item.at('status', 'conditions').list;
  const ready = conditions.find((c) => c.at('type').text === 'Ready');
  const status = ready?.at('status').text;
  const because = ready?.at('message').text;
  const labels = item.at('metadata', 'labels').texts;
  const ip = item.at('status', 'addresses').list.find((a) => a.at('type').text === 'InternalIP');
  const internalIp = ip?.at('address').text;
  const podCidr = item.at('spec', 'podCIDR').text;
  return {
    name: item.at('metadata', 'name').text ?? '',
    state: status === 'True' ? 'ready' : status === 'False' ? 'not-ready' : 'unknown',
    ...(status === 'True' || because === undefined ? {} : { because }),
    pressures: conditions
      .filter((c) => c.at('status').text === 'True')
      .map((c) => c.at('type').text ?? '')
      .filter((type) => type.endsWith('Pressure')),
    cordoned: item.at('spec', 'unschedulable').flag ?? false,
    ...(internalIp === undefined ? {} : { internalIp }),
    roles: Object.keys(labels)
      .filter((l) => l.startsWith(ROLE))
      .map((l) => l.slice(ROLE.length))
      .sort(),
    labels,
    kubeletVersion: item.at('status', 'nodeInfo', 'kubeletVersion').text ?? '',
    ...(podCidr === undefined ? {} : { podCidr }),
    createdAt: item.at('metadata', 'creationTimestamp').text ?? '',
  };
}

/** How far a DaemonSet or Deployment is. `absent`: there is no such object. */
export type Rollout =
  | { readonly state: 'absent' }
  | { readonly state: 'done' | 'under-way'; readonly wanted: number; readonly ready: number };

/**
 * `done` when the controller has seen the newest version of the object and every wanted pod is of it and ready.
 *
 * @throws KmonError `command` for any failure that is not absence.
 */
export function parseRollout(result: ExecResult): Rollout {
  if (result.exitCode !== 0) {
    if (/NotFound|not find the requested resource/.test(result.stderr)) return { state: 'absent' };
    throw new KmonError('command', 'kubectl could not read how far a rollout is', {
      evidence: lastLine(result.stderr),
    });
  }
  const object = parseForeignJson(result.stdout, 'kubectl');
  const status = object.at('status');
  const count = (name: string): number => status.at(name).number ?? 0;
  const daemon = status.at('desiredNumberScheduled').exists;
  const wanted = daemon ? count('desiredNumberScheduled') : (object.at('spec', 'replicas').number ?? 1);
  const ready = daemon ? count('numberReady') : count('readyReplicas');
  const updated = daemon ? count('updatedNumberScheduled') : count('updatedReplicas');
  const seen =
    (status.at('observedGeneration').number ?? 0) >= (object.at('metadata', 'generation').number ?? 0);
  return { state: seen && updated >= wanted && ready >= wanted ? 'done' : 'under-way', wanted, ready };
}

/**
 * Whether the object is there that `getIfThere` asked for. One that is being removed is there.
 *
 * @throws KmonError `command` for any failure that is not absence.
 */
export function isObjectThere({ exitCode, stderr }: ExecResult): boolean {
  if (exitCode === 0) return true;
  if (/NotFound|not find the requested resource/.test(stderr)) return false;
  throw new KmonError('command', 'kubectl could not read an object', { evidence: lastLine(stderr) });
}

/** Who says that an object is theirs; `undefined`: it is not there. @throws KmonError as `isObjectThere` */
export function parseOwnObject(result: ExecResult): { readonly managedBy?: string } | undefined {
  if (!isObjectThere(result)) return undefined;
  const { texts } = parseForeignJson(result.stdout, 'kubectl').at('metadata', 'labels');
  const managedBy = texts['app.kubernetes.io/managed-by'];
  return managedBy === undefined ? {} : { managedBy };
}

/** The release of helm that has made an object, as helm notes on each with its label (helm, pkg/action/validate.go). */
export function releaseOf(item: ForeignJson): { readonly release?: string } {
  const metadata = item.at('metadata');
  const release = metadata.at('annotations').texts['meta.helm.sh/release-name'];
  const isHelms = metadata.at('labels').texts['app.kubernetes.io/managed-by'] === 'Helm';
  return isHelms && release !== undefined ? { release } : {};
}

/** What a ConfigMap holds; nothing where it is not there. @throws KmonError as `isObjectThere` */
export function parseConfigMap(result: ExecResult): Readonly<Record<string, string>> {
  return isObjectThere(result) ? parseForeignJson(result.stdout, 'kubectl').at('data').texts : {};
}

/** The label of an object that `getIfThere` asked for; `undefined`: the object is not there. @throws KmonError as `isObjectThere` */
export function parseLabel(result: ExecResult, label: string): { readonly value?: string } | undefined {
  if (!isObjectThere(result)) return undefined;
  const value = parseForeignJson(result.stdout, 'kubectl').at('metadata', 'labels').texts[label];
  return value === undefined ? {} : { value };
}

/** A definition of a kind that is in the cluster. */
export interface DefinitionThere {
  readonly name: string;
  /** Who says that it is theirs; absent: nobody does. */
  readonly managedBy?: string;
  /** The label that was asked for. */
  readonly version?: string;
}

/** What `getDefinitions` prints. */
export function parseDefinitions({ stdout }: ExecResult): readonly DefinitionThere[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', managedBy, version] = line.trim().split(/\s+/);
      return { name, ...known('managedBy', managedBy), ...known('version', version) };
    });
}

/** An object with who brought it. */
export interface OwnedObject {
  readonly namespace: string;
  readonly name: string;
  /** The Helm release that it is of. */
  readonly release?: string;
  /** The label that was asked for. */
  readonly of?: string;
}

/** What `getOwners` prints. */
export function parseOwners({ stdout }: ExecResult): readonly OwnedObject[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [namespace = '', name = '', release, of] = line.trim().split(/\s+/);
      return { namespace, name, ...known('release', release), ...known('of', of) };
    });
}

/** An object by its place. */
export interface PlacedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What `getLabelledAnywhere` prints. */
export function parsePlaces({ stdout }: ExecResult): readonly PlacedObject[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [kind = '', namespace = '', name = ''] = line.trim().split(/\s+/);
      return { kind: kind.toLowerCase(), namespace, name };
    });
}

/** An object by its place, and the labels that were asked for. */
export interface ClaimedObject extends PlacedObject {
  readonly of?: string;
  readonly owner?: string;
}

/** What `getThose` prints; `<none>` stands for what an object has not. */
export function parseClaims({ stdout }: ExecResult): readonly ClaimedObject[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [kind = '', namespace = '', name = '', of, owner] = line.trim().split(/\s+/);
      return {
        kind: kind.toLowerCase(),
        namespace: namespace === '<none>' ? '' : namespace,
        name,
        ...known('of', of),
        ...known('owner', owner),
      };
    });
}

/** An object, and whether it stands by itself. */
export interface MadeObject {
  readonly kind: string;
  readonly name: string;
  /** As a pod by a Job: it goes when that one does. */
  readonly isMadeByAnother: boolean;
  readonly isGoing: boolean;
}

/** What `getUnlabelled` prints. */
export function parseMade({ stdout }: ExecResult): readonly MadeObject[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [kind = '', name = '', by, going] = line.trim().split(/\s+/);
      return {
        kind: kind.toLowerCase(),
        name,
        isMadeByAnother: by !== '<none>',
        isGoing: going !== '<none>',
      };
    });
}

/** What `getLabelOf` prints: the values, each once; `undefined` stands for objects without the label. */
export function parseLabels({ stdout }: ExecResult): readonly (string | undefined)[] {
  const values = stdout.split('\n').map((line) => line.trim());
  return [...new Set(values.filter((value) => value !== ''))].map((value) =>
    value === '<none>' ? undefined : value,
  );
}

function known<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined || value === '<none>'
    ? {}
    : ({ [key]: value } as { readonly [P in K]?: string });
}

/**
 * Why a custom resource of a controller's is not as it wants it, in its words; `undefined`: all is done that it stands for. A condition that is
 * told of an older version of the object does not count.
 *
 * @throws KmonError `command` for any failure that is not absence.
 */
export function whyNotAvailable(result: ExecResult): string | undefined {
  if (result.exitCode !== 0) {
    if (/NotFound|not find the requested resource/.test(result.stderr)) return 'not there';
    throw new KmonError('command', 'kubectl could not read a custom resource', {
      evidence: lastLine(result.stderr),
    });
  }
  const object = parseForeignJson(result.stdout, 'kubectl');
  const generation = object.at('metadata', 'generation').number ?? 0;
  const conditions = object.at('status', 'conditions').list;
  for (const type of ['Reconciled', 'Available']) {
    const condition = conditions.find((c) => c.at('type').text === type);
    if (condition === undefined || (condition.at('observedGeneration').number ?? 0) < generation)
      return 'its operator has not looked at it yet';
    if (condition.at('status').text === 'True') continue;
    const words = [condition.at('reason').text, condition.at('message').text].filter(
      (word) => word !== undefined && word !== '',
    );
    return words.length === 0 ? `not ${type}` : words.join(': ');
  }
  return undefined;
}

/** What `getReadyz` says. `failing`: the checks that are not ok, or the line of kubectl when the API does not answer at all. */
export function parseReadyz(result: ExecResult): {
  readonly ready: boolean;
  readonly failing: readonly string[];
} {
  if (result.exitCode === 0) return { ready: true, failing: [] };
  const text = `${result.stdout}\n${result.stderr}`;
  const checks = [...text.matchAll(/^\[-\]\s*(\S+)/gm)].map((m) => m[1] ?? '');
  return { ready: false, failing: checks.length > 0 ? checks : [lastLine(text)] };
}

/** The items of a list object of the API. @throws KmonError `command` when it is none. */
export function itemsOf(result: ExecResult, what: string): readonly ForeignJson[] {
  const items = parseForeignJson(result.stdout, 'kubectl').at('items');
  // An empty list may be printed as null.
  if (!items.isList && items.exists)
    throw new KmonError('command', `kubectl printed something that is no list of ${what}`);
  return items.list;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
