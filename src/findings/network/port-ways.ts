import { reachedPorts } from '../../room/ports.js';
import type { RoomPort } from '../../room/ports.js';
import { someOf } from '../wording.js';
import type { TriedNetwork, TriedWay } from './tried.js';

/** A way on which one port was tried. */
export interface PortWay {
  readonly from: string;
  readonly to: string;
  readonly bad: boolean;
  readonly refused: boolean;
  readonly port: RoomPort;
}

/** The workshop's ports only: other trials tell whether something passes at all. */
export function portWays(tried: TriedNetwork, { from, to, ports, echo }: TriedWay): readonly PortWay[] {
  const wanted = reachedPorts(tried.machine(to), tried.sight.config);
  const isWanted = (port: number): boolean => wanted.some((p) => p.protocol === 'tcp' && p.port === port);
  return [
    ...ports
      .filter((t) => isWanted(t.port))
      .map(({ port, outcome }) => ({
        from,
        to,
        bad: outcome !== 'open',
        refused: outcome === 'refused',
        port: { protocol: 'tcp' as const, port },
      })),
    ...(echo === undefined
      ? []
      : [
          {
            from,
            to,
            bad: echo.arrived === 0,
            refused: false,
            port: { protocol: 'udp' as const, port: echo.port },
          },
        ]),
  ];
}

/** The ports of some ways, each once. */
export function portsIn(ways: readonly PortWay[]): readonly RoomPort[] {
  return ways
    .filter((w, i) => ways.findIndex((other) => samePort(other.port, w.port)) === i)
    .map((w) => w.port);
}

/** The same number of the same protocol. */
export function samePort(a: RoomPort, b: RoomPort): boolean {
  return a.protocol === b.protocol && a.port === b.port;
}

/** "TCP 10250, 9100 and UDP 8472" */
export function portText(ports: readonly RoomPort[]): string {
  const texts = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const own = ports.filter((p) => p.protocol === protocol).map((p) => String(p.port));
    return own.length === 0 ? [] : [`${protocol.toUpperCase()} ${someOf(own, own.length)}`];
  });
  return texts.join(' and ');
}
