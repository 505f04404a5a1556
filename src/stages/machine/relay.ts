import type { Context, Trial } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { TRIED } from './sources.js';

/** A port of the machine's loopback that leads to the relay; or why there is none. */
export type RelayWay = { readonly port: number } | { readonly refused: string };

/**
 * Opens the machine's way to the relay, for as long as the run lasts. Where there can be none the machine fetches for itself, as without a relay:
 * it fails no machine.
 */
export const openRelay: Trial<RelayWay> = {
  id: 'relay',
  title: 'Fetch once for all',
  after: TRIED,
  on: 'all',
  tryOut: async (c) => {
    if (c.relay === undefined) return { refused: 'this run has none' };
    try {
      return { port: await c.relay.open(c.machine.name) };
    } catch (error) {
      if (!(error instanceof KmonError)) throw error;
      c.notice(`what it needs is downloaded by it alone, not once for all: ${error.message}`);
      return { refused: error.message };
    }
  },
  inWords: (way) => ('port' in way ? 'through this computer' : 'by itself'),
};

/** The port by which the machine reaches the relay; `undefined`: it does not. */
export function relayPort(c: Pick<Context, 'machine' | 'seen'>): number | undefined {
  const way = c.seen(openRelay).get(c.machine.name);
  return way !== undefined && 'port' in way ? way.port : undefined;
}
