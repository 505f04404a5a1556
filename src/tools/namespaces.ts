import type { ExecResult } from '../transport/transport.js';
import { itemsOf } from './kubernetes-objects.js';

/** A namespace as the API tells it. */
export interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** It is being removed, with all that is in it. */
  readonly ending: boolean;
}

/** @throws KmonError `command` when it is no list of namespaces. */
export function parseNamespaces(result: ExecResult): readonly Namespace[] {
  return itemsOf(result, 'namespaces').map((item) => ({
    name: item.at('metadata', 'name').text ?? '',
    labels: item.at('metadata', 'labels').texts,
    ending: item.at('metadata', 'deletionTimestamp').exists,
  }));
}

/** A quota, and how far it is used up; quantities of Kubernetes, by resource. */
export interface Quota {
  readonly namespace: string;
  readonly hard: Readonly<Record<string, string>>;
  readonly used: Readonly<Record<string, string>>;
}

/** @throws KmonError `command` when it is no list of quotas. */
export function parseQuotas(result: ExecResult): readonly Quota[] {
  return itemsOf(result, 'quotas').map((item) => ({
    namespace: item.at('metadata', 'namespace').text ?? '',
    hard: item.at('spec', 'hard').texts,
    used: item.at('status', 'used').texts,
  }));
}
