/** A name Kubernetes takes for a node and DNS for a computer (RFC 1123 label). */
export const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The value of a Kubernetes label. */
export const LABEL_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** The name every machine has for the control plane in its /etc/hosts, so that an address can change without new certificates. */
export const ENDPOINT_NAME = 'kmon-parent';

/** The label of nodes that are guests of laptops. */
export const GUEST_LABEL = 'kmon/guest';

/** The label of a node whose machine has another address, until its pods have it too: a run that ends in between is gone on with. */
export const MOVING_LABEL = 'kmon/moving';

/** kmon's own folder on a machine: its tools and nothing of the owner's. */
export const KMON_FOLDER = '/opt/kmon';

/** Programs that were sent. Not there when packages bring them. */
export const KMON_BIN = `${KMON_FOLDER}/bin`;

/** Plugins of the pod network that were sent: apart from the programs, since they have names such as `bridge` that mean others on a PATH. */
export const KMON_CNI = `${KMON_FOLDER}/cni`;

/** Names that mean something else on every computer. */
export const RESERVED_NAMES: readonly string[] = ['localhost', ENDPOINT_NAME];

/** A name for a machine: a label that is none of those. */
export const MACHINE_NAME = new RegExp(
  `^(?!(?:${RESERVED_NAMES.join('|')})$)${LABEL.source.replace(/^\^/, '')}`,
);

const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const IPV4 = String.raw`${OCTET}(?:\.${OCTET}){3}`;
const HOST_PART = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';

/**
 * An address by which the other computers of the room can reach one. IPv4, since it goes into routes, /etc/hosts and the API server's
 * configuration. Loopback, "any", multicast and reserved addresses mean no other computer.
 */
export const REACHABLE_ADDRESS = new RegExp(String.raw`^(?!(?:0|127|22[4-9]|2[3-5]\d)\.)${IPV4}$`);

/** Where SSH may connect to: any IPv4 address (a tunnel ends on loopback), a host name, an alias of ~/.ssh/config. Never a range of addresses. */
export const HOST = new RegExp(
  String.raw`^(?:${IPV4}|(?![\d.]+(?:-[\d.]+)?$)(?=.{1,253}$)${HOST_PART}(?:\.${HOST_PART})*)$`,
);
