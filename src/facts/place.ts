import type { Machine } from '../room/machine.js';
import type { Facts } from './facts.js';

/**
 * The address by which the cluster and the room know a machine. Of a machine: the one by which it reaches the parent, which need not be that of
 * the first network card (kmon.yaml may have a host name, or another of its addresses). Of a guest: its laptop's, which forwards what comes.
 */
export function nodeAddress({ address, guest }: Machine, facts: Facts | undefined): string {
  return guest === true ? address : (facts?.routeToParent?.source ?? address);
}

/**
 * The same of a machine whose node has an address already: that one, as long as the machine has it still. A machine with several is reached where
 * the cluster knows it; a guest is reached by its laptop's address alone.
 *
 * @param known what the cluster has of it; absent: it has no node yet
 */
export function addressOfNode(machine: Machine, facts: Facts | undefined, known: string | undefined): string {
  if (known === undefined) return nodeAddress(machine, facts);
  return isStillAt(machine, facts, known) ? known : nodeAddress(machine, facts);
}

/** Whether a machine that was known by an address has that still, beside another maybe. True as long as nothing is known of it. */
export function isStillAt(machine: Machine, facts: Facts | undefined, known: string): boolean {
  if (machine.guest === true) return known === machine.address;
  return facts === undefined || facts.addresses.some((a) => a.address === known);
}

/**
 * How a machine gets to the others: the device, and its own address on it. Of a guest: that of the network between it and its laptop, which is the
 * same for many a guest and is nobody's to know.
 */
export function wayOut(
  { address, guest }: Machine,
  facts: Facts | undefined,
): { readonly device: string; readonly source: string } | undefined {
  const toParent = facts?.routeToParent;
  // Once a guest has the laptop's address too, a parent finds itself by that, which leads nowhere.
  if (guest !== true || (toParent !== undefined && toParent.source !== address)) return toParent;
  const device = facts?.routes.find((r) => r.destination === 'default')?.device;
  const source = facts?.addresses.find((a) => a.device === device && a.address !== address)?.address;
  return device === undefined || source === undefined ? undefined : { device, source };
}

/** The address that a machine itself has for the others: of a guest the inner one. It is what forwarded packets come to. */
export function ownAddress(machine: Machine, facts: Facts | undefined): string | undefined {
  return machine.guest === true ? wayOut(machine, facts)?.source : machine.address;
}
