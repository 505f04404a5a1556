import type { Machine } from '../room/machine.js';
import type { Facts } from './facts.js';

/** The address the others are reached from, which need not be that of the first network card; kmon.yaml may have a host name. */
export function nodeIp({ address }: Machine, facts: Facts | undefined): string {
  return facts?.routeToParent?.source ?? address;
}
