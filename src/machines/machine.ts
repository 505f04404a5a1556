/** The two roles of the workshop: the parent is the control plane, the children are the workers that are watched. */
export type Role = 'parent' | 'child';

/** One computer of the room, as kmon.yaml and the user's SSH configuration describe it: plain data. */
export interface Machine {
  /** Unique in the room; also the Kubernetes node name (RFC 1123, lower case). */
  readonly name: string;
  /** The address other machines of the room reach it by (IPv4). */
  readonly address: string;
  readonly role: Role;
  readonly team?: string;
}
