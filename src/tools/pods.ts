import type { ExecResult } from '../transport/transport.js';
import type { ForeignJson } from './foreign-json.js';
import { itemsOf } from './kubernetes-objects.js';

/** A pod as the API tells it. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  /** Absent until it is scheduled. */
  readonly node?: string;
  /** In the network of pods; absent until it has one. */
  readonly address?: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly PodContainer[];
  /** Why no node takes it, in the words of the scheduler. */
  readonly unschedulable?: string;
  /** It has the machine's own address. */
  readonly hostNetwork?: true;
  /** It is for one machine and no other. */
  readonly bound?: true;
  /** The kind of what made it: it makes another one in its place. "Node": the machine's own files, which the API cannot change. */
  readonly madeBy?: string;
  /** It is being removed. */
  readonly going?: true;
}

export interface PodContainer {
  readonly name: string;
  readonly image: string;
  /** As the runtime names it, without the runtime's own name; absent until it was made. */
  readonly id?: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Why it does not run: ImagePullBackOff, CrashLoopBackOff, ContainerCreating … */
  readonly waiting?: { readonly reason: string; readonly message: string };
  /** How its last life ended. */
  readonly ended?: { readonly reason: string; readonly exitCode: number };
}

/** @throws KmonError `command` when it is no list of pods. */
export function parsePods(result: ExecResult): readonly Pod[] {
  return itemsOf(result, 'pods').map(pod);
}

function pod(item: ForeignJson): Pod {
  const conditions = item.at('status', 'conditions').list;
  const condition = (type: string): ForeignJson | undefined =>
    conditions.find((c) => c.at('type').text === type);
  const scheduled = condition('PodScheduled');
  const node = item.at('spec', 'nodeName').text;
  const address = item.at('status', 'podIP').text;
  const madeBy = item.at('metadata', 'ownerReferences').list[0]?.at('kind').text;
  const unschedulable = scheduled?.at('status').text === 'False' ? scheduled.at('message').text : undefined;
  return {
    name: item.at('metadata', 'name').text ?? '',
    namespace: item.at('metadata', 'namespace').text ?? '',
    ...(node === undefined ? {} : { node }),
    ...(address === undefined ? {} : { address }),
    phase: item.at('status', 'phase').text ?? '',
    ready: condition('Ready')?.at('status').text === 'True',
    labels: item.at('metadata', 'labels').texts,
    containers: [
      ...item.at('status', 'initContainerStatuses').list,
      ...item.at('status', 'containerStatuses').list,
    ].map(container),
    ...(unschedulable === undefined ? {} : { unschedulable }),
    ...(item.at('spec', 'hostNetwork').flag === true ? { hostNetwork: true } : {}),
    ...(isBound(item) ? { bound: true } : {}),
    ...(madeBy === undefined ? {} : { madeBy }),
    ...(item.at('metadata', 'deletionTimestamp').exists ? { going: true } : {}),
  };
}

/** By the name of a node, as of a DaemonSet's pod. */
function isBound(item: ForeignJson): boolean {
  return item
    .at(
      'spec',
      'affinity',
      'nodeAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution',
      'nodeSelectorTerms',
    )
    .list.some((term) => term.at('matchFields').list.some((f) => f.at('key').text === 'metadata.name'));
}

function container(status: ForeignJson): PodContainer {
  const waiting = status.at('state', 'waiting');
  const id = status.at('containerID').text?.split('://', 2)[1];
  const ended = [status.at('state', 'terminated'), status.at('lastState', 'terminated')].find(
    (t) => t.exists,
  );
  return {
    name: status.at('name').text ?? '',
    image: status.at('image').text ?? '',
    ...(id === undefined ? {} : { id }),
    ready: status.at('ready').flag ?? false,
    restarts: status.at('restartCount').number ?? 0,
    ...(waiting.exists
      ? { waiting: { reason: waiting.at('reason').text ?? '', message: waiting.at('message').text ?? '' } }
      : {}),
    ...(ended === undefined
      ? {}
      : { ended: { reason: ended.at('reason').text ?? '', exitCode: ended.at('exitCode').number ?? 0 } }),
  };
}

/** What keeps a pod from being Ready. `log` names the container whose last lines are worth reading. */
export interface PodTrouble {
  readonly pod: string;
  readonly node?: string;
  readonly reason: string;
  readonly detail: string;
  readonly log?: { readonly container: string; readonly previous: boolean };
}

/** Reasons that pass by themselves: a pod that is only starting is no trouble yet. */
const STARTING: readonly string[] = ['ContainerCreating', 'PodInitializing'];

/** Nothing for a pod that is ready, done, or still starting. */
export function podTrouble(pod: Pod): PodTrouble | undefined {
  const where = { pod: pod.name, ...(pod.node === undefined ? {} : { node: pod.node }) };
  if (pod.ready || pod.phase === 'Succeeded') return undefined;
  if (pod.unschedulable !== undefined)
    return { ...where, reason: 'Unschedulable', detail: pod.unschedulable };
  for (const c of pod.containers) {
    if (c.waiting !== undefined && !STARTING.includes(c.waiting.reason)) {
      const ended = c.ended === undefined ? '' : ` (exit code ${c.ended.exitCode})`;
      return {
        ...where,
        reason: c.waiting.reason,
        detail: `${c.waiting.message.split('\n', 1)[0] ?? ''}${ended}`.trim(),
        ...(c.ended === undefined ? {} : { log: { container: c.name, previous: true } }),
      };
    }
    if (c.waiting === undefined && !c.ready && c.ended !== undefined) {
      return {
        ...where,
        reason: c.ended.reason,
        detail: `container ${c.name} ended with exit code ${c.ended.exitCode}, ${c.restarts} restarts`,
        log: { container: c.name, previous: c.restarts > 0 },
      };
    }
  }
  return undefined;
}

/** The container of a pod whose program has ended and is started again. */
export function restarting({ ready, phase, containers }: Pod): PodContainer | undefined {
  if (ready || phase === 'Succeeded') return undefined;
  return containers.find(
    (c) =>
      !c.ready &&
      c.ended !== undefined &&
      c.ended.exitCode !== 0 &&
      (c.waiting === undefined || c.waiting.reason === 'CrashLoopBackOff'),
  );
}

/** What no waiting changes of what the scheduler says of a machine; nothing that a machine that just comes up would say. */
const FOR_GOOD =
  /^Insufficient |^Too many pods|\b(?:disk|memory|pid)-pressure\b|were unschedulable|have free ports/;

/** It says so of the machines that a pod is not for. */
const NOT_MEANT = /didn't (?:match|satisfy)/;

/**
 * Whether waiting is in vain for a pod that no machine takes: it is for one alone, and that one has no room for it. Of any other pod a machine
 * may come yet.
 */
export function hasNoPlace({ bound, unschedulable = '' }: Pod): boolean {
  const list = /^\d+\/\d+ nodes are available: (.*?)(?:\. |\.?$)/.exec(unschedulable)?.[1] ?? '';
  const reasons = list
    .split(', ')
    .map((reason) => reason.replace(/^\d+ /, ''))
    .filter((reason) => !NOT_MEANT.test(reason));
  return bound === true && reasons.length > 0 && reasons.every((reason) => FOR_GOOD.test(reason));
}

/** Why a pod waits where an image is what it waits for. */
const PULLING: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'];

/** The first container of a pod whose image does not come, with what the kubelet says of it. */
export function lackingImage(pod: Pod): { readonly image: string; readonly said: string } | undefined {
  for (const { image, waiting } of pod.containers) {
    if (waiting !== undefined && PULLING.includes(waiting.reason)) return { image, said: waiting.message };
  }
  return undefined;
}

/** Something that went wrong with an object, as Kubernetes' parts tell it. */
export interface Warning {
  /** Of the object. */
  readonly name: string;
  readonly namespace: string;
  readonly reason: string;
  /** The first line. */
  readonly message: string;
  /** RFC 3339; empty when it does not say. */
  readonly at: string;
}

/** The oldest first. @throws KmonError `command` when it is no list of events. */
export function parseWarnings(result: ExecResult): readonly Warning[] {
  return itemsOf(result, 'events')
    .map((item) => ({
      name: item.at('involvedObject', 'name').text ?? '',
      namespace: item.at('involvedObject', 'namespace').text ?? '',
      reason: item.at('reason').text ?? '',
      message: (item.at('message').text ?? '').split('\n', 1)[0] ?? '',
      at: item.at('lastTimestamp').text ?? item.at('eventTime').text ?? '',
    }))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
