import { networkThere } from '../addons/network-there.js';
import { decideNetwork, withNetwork } from '../artifacts/pod-network.js';
import type { NetworkDecision } from '../artifacts/pod-network.js';
import type { Config, PodNetwork, ReadConfig } from '../config/config.js';
import type { Reader } from '../runner/runner.js';
import type { NetworkFound } from './try-networks.js';

/** Whom it may be asked of; what is absent is not done. */
export interface NetworkAsked {
  /** Opens the parent, which keeps what it has. */
  readonly parent?: () => Promise<Reader>;
  /** Tries it between the machines. */
  readonly tried?: (config: Config) => Promise<NetworkFound>;
}

/** The pod network of a room whose profile is decided; nobody is asked anything where kmon.yaml names it. */
export async function decidedNetwork(
  config: ReadConfig & Pick<Config, 'monitoring'>,
  { parent, tried }: NetworkAsked,
): Promise<NetworkDecision> {
  const unasked = decideNetwork(config);
  if (config.kubernetes.network !== 'auto') return unasked;
  const there = parent === undefined ? undefined : await whatIsThere(parent);
  if (there !== undefined || tried === undefined) return decideNetwork(config, there);
  return decideNetwork(config, undefined, await tried(withNetwork(config, unasked)));
}

/** A parent that is not to be reached tells nothing; the run that needs it says what is the matter. */
async function whatIsThere(parent: () => Promise<Reader>): Promise<PodNetwork | undefined> {
  try {
    return await networkThere(await parent());
  } catch {
    return undefined;
  }
}
