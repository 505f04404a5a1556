import type { Secret } from '../shell/secret.js';
import { changes, reads, tries, withOptions, type Command } from '../shell/command.js';
import { NO_HOME } from '../shell/no-home.js';
import type { ClusterAccess } from './cluster-access.js';

/** Which kubectl, and how it gets at the cluster. */
export type Kubectl = ClusterAccess & {
  /** On a machine of the room its absolute path: an owner's kubectl that comes first on PATH is never called. */
  readonly binary: string;
};

/** One question to the API may take this long; kubectl itself would wait for ever. */
const REQUEST_SECONDS = 15;

/** A longer request, for changes the server has to think about. */
const CHANGE_SECONDS = 60;

function program(k: Kubectl): Command<'reads'> {
  return 'context' in k
    ? reads`${k.binary}${fromFile(k)} --context ${k.context}`
    : reads`HOME=${NO_HOME} ${k.binary} --kubeconfig ${k.kubeconfig}`;
}

/** Which kubeconfig, where it is not the user's own; with the space before it. */
function fromFile({ file }: { readonly file?: string }): Command<'reads'> {
  return file === undefined ? reads`` : reads` --kubeconfig ${file}`;
}

function looking(k: Kubectl): Command<'reads'> {
  return reads`${program(k)} --request-timeout ${`${REQUEST_SECONDS}s`}`;
}

function changing(k: Kubectl): Command<'changes'> {
  return changes`${program(k)} --request-timeout ${`${CHANGE_SECONDS}s`}`;
}

/**
 * GET of a path of the API, such as `/api/v1/nodes`; exactly one request, where `kubectl get` first asks for every kind there is.
 * Path segments that come from outside must have gone through `apiPath`.
 */
export function getRaw(k: Kubectl, path: string): Command<'reads'> {
  return reads`${looking(k)} get --raw ${path}`;
}

/** A path of the API out of segments, each escaped: `apiPath('api', 'v1', 'nodes', name)`. */
export function apiPath(...segments: readonly string[]): string {
  return segments.map((s) => `/${encodeURIComponent(s)}`).join('');
}

/** Every node; see `parseNodes`. */
export function getNodes(k: Kubectl): Command<'reads'> {
  return getRaw(k, '/api/v1/nodes');
}

/** The pods of a namespace, all or those with a label (`key=value`); see `parsePods`. */
export function getPods(k: Kubectl, namespace: string, label?: string): Command<'reads'> {
  const selector = label === undefined ? '' : `?labelSelector=${encodeURIComponent(label)}`;
  return getRaw(k, `${apiPath('api', 'v1', 'namespaces', namespace, 'pods')}${selector}`);
}

/** The pods of all namespaces on a node; see `parsePods`. */
export function getPodsOf(k: Kubectl, node: string): Command<'reads'> {
  return getRaw(k, `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`);
}

/** The pods of all namespaces of which a container was never started yet; see `parsePods`. */
export function getPendingPods(k: Kubectl): Command<'reads'> {
  return getRaw(k, '/api/v1/pods?fieldSelector=status.phase%3DPending');
}

/** What went wrong lately in a namespace; see `parseWarnings`. */
export function getWarnings(k: Kubectl, namespace: string): Command<'reads'> {
  return getRaw(k, `${apiPath('api', 'v1', 'namespaces', namespace, 'events')}?fieldSelector=type%3DWarning`);
}

/** What is begun again and again, in all namespaces: pulls of images, and programs that end; see `parseWarnings`. */
export function getBackOffs(k: Kubectl): Command<'reads'> {
  return getRaw(k, '/api/v1/events?fieldSelector=reason%3DBackOff');
}

/** The last lines that a container printed in its life before; exit 1 when nobody knows them any more. */
export function getLastWords(
  k: Kubectl,
  pod: { readonly namespace: string; readonly name: string },
  container: string,
): Command<'reads'> {
  const path = `${apiPath('api', 'v1', 'namespaces', pod.namespace, 'pods', pod.name)}/log`;
  const query = `container=${encodeURIComponent(container)}&previous=true&tailLines=5`;
  return withOptions(getRaw(k, `${path}?${query}`), { ok: [0, 1] });
}

/** Every namespace; see `parseNamespaces`. */
export function getNamespaces(k: Kubectl): Command<'reads'> {
  return getRaw(k, '/api/v1/namespaces');
}

/** The quotas of all namespaces with a label (`key=value`); see `parseQuotas`. */
export function getQuotas(k: Kubectl, label: string): Command<'reads'> {
  return getRaw(k, `/api/v1/resourcequotas?labelSelector=${encodeURIComponent(label)}`);
}

/** The accounts of a namespace with a label (`key=value`). */
export function getServiceAccounts(k: Kubectl, namespace: string, label: string): Command<'reads'> {
  const path = apiPath('api', 'v1', 'namespaces', namespace, 'serviceaccounts');
  return getRaw(k, `${path}?labelSelector=${encodeURIComponent(label)}`);
}

/** The DaemonSets of all namespaces. */
export function getDaemonSets(k: Kubectl): Command<'reads'> {
  return getRaw(k, '/apis/apps/v1/daemonsets');
}

/** See `parseService`. */
export function getService(k: Kubectl, namespace: string, name: string): Command<'reads'> {
  return getRaw(k, apiPath('api', 'v1', 'namespaces', namespace, 'services', name));
}

/** The Services of a namespace; see `parseServices`. */
export function getServices(k: Kubectl, namespace: string): Command<'reads'> {
  return getRaw(k, apiPath('api', 'v1', 'namespaces', namespace, 'services'));
}

/** The Services of all namespaces; see `parseServices`. */
export function getAllServices(k: Kubectl): Command<'reads'> {
  return getRaw(k, '/api/v1/services');
}

export type RolloutKind = 'daemonsets' | 'deployments' | 'statefulsets';

/** How far a DaemonSet, Deployment or StatefulSet is; exit 1 when it does not exist. See `parseRollout`. */
export function getRollout(k: Kubectl, kind: RolloutKind, namespace: string, name: string): Command<'reads'> {
  return withOptions(getRaw(k, apiPath('apis', 'apps', 'v1', 'namespaces', namespace, kind, name)), {
    ok: [0, 1],
  });
}

/**
 * Those of these definitions of kinds (CustomResourceDefinitions) that are there, a line each; see `parseDefinitions`. The definitions
 * themselves are megabytes and stay where kubectl is.
 *
 * @param label its value is told too
 */
export function getDefinitions(k: Kubectl, names: readonly string[], label: string): Command<'reads'> {
  const columns = ['app.kubernetes.io/managed-by', label].map(
    (name, i) => `${['BY', 'OF'][i] ?? ''}:.metadata.labels.${name.replaceAll('.', '\\.')}`,
  );
  return reads`${looking(k)} get customresourcedefinitions ${names} --ignore-not-found --no-headers -o ${`custom-columns=NAME:.metadata.name,${columns.join(',')}`}`;
}

/** Applies these definitions of kinds, as `applyManifest`, and waits, a minute at most, until the API knows their kinds. */
export function applyDefinitions(k: Kubectl, names: readonly string[], manifest: string): Command<'changes'> {
  const all = names.map((name) => `customresourcedefinition/${name}`);
  return withOptions(
    changes`${changing(k)} apply --server-side --field-manager kmon --force-conflicts -f - && ${program(k)} wait --for condition=Established --timeout ${`${CHANGE_SECONDS}s`} ${all}`,
    { stdin: manifest, timeoutMs: 3 * CHANGE_SECONDS * 1000 },
  );
}

/** The value of one label of all objects of these kinds that carry another (`key=value`), in all namespaces, a line each. The kinds must be there. */
export function getLabelOf(
  k: Kubectl,
  { kinds, label }: { readonly kinds: readonly string[]; readonly label: string },
  asked: string,
): Command<'reads'> {
  return reads`${looking(k)} get ${kinds.join(',')} --all-namespaces --selector ${label} --no-headers -o ${`custom-columns=OF:${labelPath(asked)}`}`;
}

function labelPath(label: string): string {
  return `.metadata.labels.${label.replaceAll('.', '\\.')}`;
}

/** An object by its path in the API; exit 1 when it is not there, or its kind is not. */
export function getIfThere(k: Kubectl, path: string): Command<'reads'> {
  return withOptions(getRaw(k, path), { ok: [0, 1] });
}

/**
 * All objects of these kinds in all namespaces, a line each; see `parseOwners`. The kinds must be there.
 *
 * @param label its value is told too
 */
export function getOwners(k: Kubectl, kinds: readonly string[], label: string): Command<'reads'> {
  const owners = [
    'NS:.metadata.namespace',
    'NAME:.metadata.name',
    String.raw`RELEASE:.metadata.annotations.meta\.helm\.sh/release-name`,
    `OF:.metadata.labels.${label.replaceAll('.', '\\.')}`,
  ];
  return reads`${looking(k)} get ${kinds.join(',')} --all-namespaces --no-headers -o ${`custom-columns=${owners.join(',')}`}`;
}

/**
 * The images that pods of all namespaces have, and those that Deployments and the like would make pods of, also at zero replicas. Read from their
 * specs, since a status may call the same image by another tag. A line each; see `parseImageUsers`.
 */
export function getImageUsers(k: Kubectl): Command<'reads'> {
  const places = ['.spec', '.spec.template.spec', '.spec.jobTemplate.spec.template.spec'];
  const images = places.flatMap((at, i) =>
    ['containers', 'initContainers'].map((list) => `${list.toUpperCase()}${i}:${at}.${list}[*].image`),
  );
  const columns = ['KIND:.kind', 'NS:.metadata.namespace', 'NAME:.metadata.name', ...images];
  return reads`${looking(k)} get ${IMAGE_USERS.join(',')} --all-namespaces --no-headers -o ${`custom-columns=${columns.join(',')}`}`;
}

/** What makes pods, before the pods themselves. What is between the two, such as a ReplicaSet, keeps images that nobody wants any more. */
const IMAGE_USERS = ['deployments', 'statefulsets', 'daemonsets', 'cronjobs', 'jobs', 'pods'] as const;

/** Names (`kind/name`, a line each) of the objects of these kinds with that label (`key=value`). The kinds must be there. */
export function getLabelled(
  k: Kubectl,
  {
    namespace,
    kinds,
    label,
  }: { readonly namespace?: string; readonly kinds: readonly string[]; readonly label: string },
): Command<'reads'> {
  const where = namespace === undefined ? [] : ['--namespace', namespace];
  return reads`${looking(k)} get ${kinds.join(',')} ${where} --selector ${label} -o name`;
}

/**
 * The objects of these kinds in a namespace that carry none of these labels (`key=value`), a line each; see `parseMade`. The kinds must be there, the
 * namespace need not.
 */
export function getUnlabelled(
  k: Kubectl,
  {
    namespace,
    kinds,
    labels,
  }: { readonly namespace: string; readonly kinds: readonly string[]; readonly labels: readonly string[] },
): Command<'reads'> {
  const selector = labels.map((label) => label.replace('=', '!=')).join(',');
  const columns =
    'KIND:.kind,NAME:.metadata.name,BY:.metadata.ownerReferences[*].kind,GOING:.metadata.deletionTimestamp';
  return reads`${looking(k)} get ${kinds.join(',')} --namespace ${namespace} --selector ${selector} --no-headers -o ${`custom-columns=${columns}`}`;
}

/**
 * Those of the objects of a manifest that are there, a line each; see `parseClaims`. Exit 1 where one of their kinds is not.
 *
 * @param labels their values are told too: of which it is one, and whose it is
 */
export function getThose(
  k: Kubectl,
  manifest: string,
  labels: { readonly of: string; readonly owner: string },
): Command<'reads'> {
  const columns = [
    'KIND:.kind',
    'NS:.metadata.namespace',
    'NAME:.metadata.name',
    `OF:${labelPath(labels.of)}`,
    `OWNER:${labelPath(labels.owner)}`,
  ].join(',');
  return withOptions(
    reads`${looking(k)} get -f - --ignore-not-found --no-headers -o ${`custom-columns=${columns}`}`,
    { stdin: manifest, ok: [0, 1] },
  );
}

/**
 * A new token of an account, good for so long, on stdout and nowhere else. A look: the API server signs it and keeps nothing of it, so there is
 * nothing to give back; with its account it ends. Ten minutes are the least that a server gives.
 */
export function askToken(
  k: Kubectl,
  account: { readonly namespace: string; readonly name: string },
  good: { readonly hours: number } | { readonly minutes: number },
): Command<'reads'> {
  const duration = 'hours' in good ? `${good.hours}h` : `${good.minutes}m`;
  return reads`${looking(k)} create token ${account.name} --namespace ${account.namespace} --duration ${duration}`;
}

/** What a kubeconfig has to say of the cluster that this one leads to: address and authority, and none of its users. JSON. */
export function getClusterEntry(k: Kubectl): Command<'reads'> {
  return reads`${program(k)} config view --raw --minify --flatten -o ${'jsonpath={.clusters[0].cluster}'}`;
}

/**
 * Asks whether one JSON object, given on stdin, may be made or put in the place of another at a path of the API: the server answers as to the
 * change itself, and makes none.
 */
export function askToChange(k: Kubectl, verb: 'create' | 'replace', path: string): Command<'reads'> {
  return reads`${looking(k)} ${verb} --raw ${`${path}?dryRun=All`} -f -`;
}

/** The same in all namespaces, a line each; see `parsePlaces`. The kinds must be there. @param label `key`, or `key=value` */
export function getLabelledAnywhere(
  k: Kubectl,
  { kinds, label }: { readonly kinds: readonly string[]; readonly label: string },
): Command<'reads'> {
  const columns = 'KIND:.kind,NS:.metadata.namespace,NAME:.metadata.name';
  return reads`${looking(k)} get ${kinds.join(',')} --all-namespaces --selector ${label} --no-headers -o ${`custom-columns=${columns}`}`;
}

/** Where the pods behind a Service are; see `parseEndpoints`. */
export function getEndpoints(k: Kubectl, namespace: string, service: string): Command<'reads'> {
  const path = apiPath('apis', 'discovery.k8s.io', 'v1', 'namespaces', namespace, 'endpointslices');
  return getRaw(k, `${path}?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${service}`)}`);
}

/** Sets labels and annotations of an object that somebody else has made; a value of null takes one away. */
export function markObject(
  k: Kubectl,
  object: { readonly kind: string; readonly namespace: string; readonly name: string },
  marks: Readonly<Record<'labels' | 'annotations', Readonly<Record<string, string | null>>>>,
): Command<'changes'> {
  const patch = JSON.stringify({ metadata: marks });
  return changes`${changing(k)} patch ${object.kind} ${object.name} --namespace ${object.namespace} --type merge --patch ${patch} --field-manager kmon`;
}

/** The contexts of the user's own kubeconfig, a line each; nothing where there is none, or no kubectl. */
export function getContexts(): Command<'reads'> {
  return withOptions(reads`kubectl config get-contexts --output name 2>/dev/null`, { ok: 'any' });
}

/** Asks whether the API server is ready. Any exit code: see `parseReadyz`. */
export function getReadyz(k: Kubectl): Command<'reads'> {
  return withOptions(getRaw(k, '/readyz?verbose'), { ok: 'any' });
}

/**
 * Server-side apply of a manifest (YAML or JSON, several documents) given on stdin. kmon owns the fields it names, whoever set them
 * before. A Secret as manifest keeps the text out of everything shown.
 */
export function applyManifest(k: Kubectl, manifest: string | Secret): Command<'changes'> {
  return withOptions(
    changes`${changing(k)} apply --server-side --field-manager kmon --force-conflicts -f -`,
    { stdin: manifest },
  );
}

/** What an apply would change: exit 0 nothing, 1 something (the difference is on stdout), above 1 an error. */
export function diffManifest(k: Kubectl, manifest: string | Secret): Command<'reads'> {
  return withOptions(reads`${looking(k)} diff --server-side --field-manager kmon --force-conflicts -f -`, {
    stdin: manifest,
    ok: [0, 1],
  });
}

/** POST of one JSON object given on stdin to a path of the API; fails when it exists. The answer, which repeats it, is dropped. */
export function createRaw(k: Kubectl, path: string, object: Secret | string): Command<'changes'> {
  return withOptions(changes`${changing(k)} create --raw ${path} -f - >/dev/null`, { stdin: object });
}

/** The same with an object that ends and goes by itself, such as a Job with a deadline; see `Trial` of the engine. */
export function tryRaw(k: Kubectl, path: string, object: string): Command<'tries'> {
  return withOptions(tries`${looking(k)} create --raw ${path} -f - >/dev/null`, { stdin: object });
}

/** Takes such an object away before its time, and what it made with it; fine when it is not there. */
export function endTriedRaw(k: Kubectl, path: string): Command<'tries'> {
  return withOptions(
    tries`${looking(k)} delete --raw ${`${path}?propagationPolicy=Background`} >/dev/null 2>&1`,
    {
      ok: 'any',
    },
  );
}

/** Runs a program in a container of a workload (`deploy/NAME`) that is there; what it prints is the answer. */
export function execIn(
  k: Kubectl,
  at: { readonly namespace: string; readonly workload: string; readonly container: string },
  words: readonly string[],
): Command<'changes'> {
  return changes`${changing(k)} exec --namespace ${at.namespace} ${at.workload} --container ${at.container} -- ${words}`;
}

/** Sets labels of a node, whatever they were. A value of null removes the label. */
export function labelNode(
  k: Kubectl,
  node: string,
  labels: Readonly<Record<string, string | null>>,
): Command<'changes'> {
  const words = Object.entries(labels).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${value}`,
  );
  return changes`${changing(k)} label --overwrite node ${node} ${words}`;
}

/**
 * Moves the pods off a node and keeps new ones away; pods without an owner and emptyDir data are lost. Fails when pods are still there
 * after the deadline, which a dead kubelet makes certain.
 */
export function drainNode(
  k: Kubectl,
  node: string,
  options: { readonly timeoutSeconds: number; readonly graceSeconds?: number },
): Command<'changes'> {
  const grace = options.graceSeconds === undefined ? [] : ['--grace-period', options.graceSeconds];
  return withOptions(
    changes`${changing(k)} drain ${node} --ignore-daemonsets --delete-emptydir-data --force --timeout ${`${options.timeoutSeconds}s`} ${grace}`,
    { timeoutMs: (options.timeoutSeconds + CHANGE_SECONDS) * 1000 },
  );
}

/** Removes an object by kind and name; fine when it is not there. Without `namespace` for kinds such as node or namespace. */
export function deleteObject(
  k: Kubectl,
  object: { readonly kind: string; readonly name: string; readonly namespace?: string },
): Command<'changes'> {
  const where = object.namespace === undefined ? [] : ['--namespace', object.namespace];
  return changes`${changing(k)} delete ${object.kind} ${object.name} ${where} --ignore-not-found --timeout ${`${CHANGE_SECONDS}s`}`;
}

/** The same, and what it made goes before it: of a Job, its pod. */
export function deleteWithParts(
  k: Kubectl,
  object: { readonly kind: string; readonly name: string; readonly namespace: string },
): Command<'changes'> {
  return changes`${changing(k)} delete ${object.kind} ${object.name} --namespace ${object.namespace} --ignore-not-found --cascade=foreground --timeout ${`${CHANGE_SECONDS}s`}`;
}

/** The same without waiting until it is gone: a namespace goes when the last pod in it has ended. */
export function beginToDelete(
  k: Kubectl,
  object: { readonly kind: string; readonly name: string },
): Command<'changes'> {
  return changes`${changing(k)} delete ${object.kind} ${object.name} --ignore-not-found --wait=false`;
}

/** Deletes pods, and waits for none of them to end; fine when one is not there. */
export function deletePods(
  k: Kubectl,
  pods: readonly { readonly namespace: string; readonly name: string }[],
): Command<'changes'> {
  const each = pods.map(
    ({ namespace, name }) =>
      changes`${changing(k)} delete pod ${name} --namespace ${namespace} --ignore-not-found --wait=false`,
  );
  return each.reduce(
    (so, one) => changes`${so}
${one}`,
    changes`:`,
  );
}

/** Removes a node from the cluster (its machine is not touched); fine when it is not there. */
export function deleteNode(k: Kubectl, node: string): Command<'changes'> {
  return deleteObject(k, { kind: 'node', name: node });
}
