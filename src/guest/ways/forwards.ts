import { PORTS } from '../../room/ports.js';
import type { PortRow } from '../../room/ports.js';

/** A port of the laptop that leads to its guest. */
export interface Forward {
  /** Of the rule, where the hypervisor wants one. */
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  /** Of the laptop. */
  readonly port: number;
  /** Of the guest. */
  readonly guestPort: number;
}

/** Where a laptop lets kmon in to its guest: 22 may be its own. */
export const GUEST_SSH_PORT = 2222;

/** What a laptop forwards to a guest that is a child: SSH, and of the one table of ports what every machine of a room has to be reached by. */
export const FORWARDS: readonly Forward[] = [
  { name: 'ssh', protocol: 'tcp', port: GUEST_SSH_PORT, guestPort: 22 },
  ...Object.entries<PortRow>(PORTS).flatMap(([name, { protocol, port, on, reached }]): readonly Forward[] =>
    on === 'all' && reached && typeof port === 'number' ? [{ name, protocol, port, guestPort: port }] : [],
  ),
];
