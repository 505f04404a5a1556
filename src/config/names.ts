import { isIPv4 } from 'node:net';

/** A name Kubernetes takes for a node and DNS for a computer (RFC 1123 label). */
export const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The value of a Kubernetes label. */
export const LABEL_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** The name every machine has for the control plane in its /etc/hosts, so that an address can change. */
export const ENDPOINT_NAME = 'kmon-parent';

/** Names that mean something else on every computer. */
export const RESERVED_NAMES: readonly string[] = ['localhost', ENDPOINT_NAME];

/**
 * An address by which the other computers of the room can reach one. IPv4, since it goes into routes, /etc/hosts and the API server's
 * configuration. Loopback, "any", multicast and reserved addresses mean no other computer.
 */
export function isReachableAddress(text: string): boolean {
  const first = Number(text.split('.')[0]);
  return isIPv4(text) && first !== 0 && first !== 127 && first < 224;
}

/** Where SSH may connect to: any IPv4 address (a tunnel ends on loopback), a host name, an alias of ~/.ssh/config. */
export function isHost(text: string): boolean {
  return /^[\d.]+$/.test(text) ? isIPv4(text) : isHostName(text);
}

function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split('.').every((part) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(part))
  );
}
