import type { ExecResult } from '../transport/transport.js';
import { itemsOf } from './kubernetes-objects.js';

/** A class of storage or of Ingresses as the API tells it. */
export interface OfferedClass {
  readonly name: string;
  /** Who names no class gets this one. */
  readonly isDefault: boolean;
}

/** Annotation by which a class of storage says that it is the default; that of Ingresses is `INGRESS_DEFAULT`. */
export const STORAGE_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
export const INGRESS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

/** @throws KmonError `command` when it is no list of classes. */
export function parseClasses(result: ExecResult, annotation: string): readonly OfferedClass[] {
  return itemsOf(result, 'classes').map((item) => ({
    name: item.at('metadata', 'name').text ?? '',
    isDefault: item.at('metadata', 'annotations').texts[annotation] === 'true',
  }));
}
