import type { Duplex } from 'node:stream';
import type { Listening } from '../transport/ssh-connection.js';
import type { Passed, Relay } from './relay.js';

/** The ways from the machines to the relay: a port of each one's own loopback, through its SSH connection. Nothing is open to the network. */
export interface RelayDoors {
  /** The port. Rejects with KmonError, `precondition` where the machine's SSH server does not forward. */
  open(machine: string): Promise<number>;
  /** Never rejects. */
  close(machine: string): Promise<void>;
  readonly passed: Passed;
}

/** @param listen See `Pool.listen`. */
export function relayDoors(
  relay: Relay,
  listen: (machine: string, accept: (stream: Duplex) => void) => Promise<Listening>,
): RelayDoors {
  const doors = new Map<string, Listening>();
  return {
    passed: relay.passed,
    async open(machine) {
      const known = doors.get(machine);
      if (known !== undefined) return known.port;
      const door = await listen(machine, (stream) => {
        relay.serve(stream);
      });
      doors.set(machine, door);
      return door.port;
    },
    async close(machine) {
      const door = doors.get(machine);
      doors.delete(machine);
      await door?.close();
    },
  };
}
