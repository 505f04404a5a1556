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
  /**
   * It is a Linux inside of another computer of the room, whose address this is: that one forwards what comes for the guest and translates
   * what goes out. The guest itself has another address, which nobody else of the room can reach.
   */
  readonly guest?: true;
}

/**
 * A computer of the room that is watched and nothing else: of any system, with an exporter of its own that Prometheus asks by address.
 * It is no `Machine`: a stage on it has to say so, and can ask nothing of it that a Linux answers.
 */
export interface Observed {
  /** Unique among all computers of the room. */
  readonly name: string;
  readonly address: string;
  /** Where its exporter listens: 9100 for node_exporter, 9182 for windows_exporter. */
  readonly exporterPort: number;
  readonly team?: string;
}

export function isParent(computer: Machine | Observed): boolean {
  return 'role' in computer && computer.role === 'parent';
}
