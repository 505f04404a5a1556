import { networkThere } from '../addons/network-there.js';
import { decideNetwork, networkText, withNetwork } from '../artifacts/pod-network.js';
import type { NetworkDecision } from '../artifacts/pod-network.js';
import type { Config, PodNetwork, ReadConfig } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Reader } from '../runner/runner.js';
import type { NetworkFound } from './try-networks.js';

/**
 * What a command does about a pod network that kmon.yaml leaves open. All ask the parent which there is. Where there is none: `seen` looks no further;
 * `tried` has it tried between the machines; `judged` is a command that tries it anyway, and goes by what it finds.
 */
export type NeedsNetwork = 'seen' | 'tried' | 'judged';

/** What is told of the decision before the work begins; `undefined`: nothing. Who tries it himself says in the end what he found. */
export function networkNote(needs: NeedsNetwork, decision: NetworkDecision): string | undefined {
  return needs === 'judged' && decision.untried === true ? undefined : networkText(decision);
}

/** Whom it may be asked of; what is absent is not done. */
export interface NetworkAsked {
  /** Opens the parent, which keeps what it has. */
  readonly parent?: () => Promise<Reader>;
  /** Tries it between the machines. */
  readonly tried?: (config: Config) => Promise<NetworkFound>;
}

/**
 * The pod network of a room whose profile is decided; nobody is asked anything where kmon.yaml names it.
 *
 * @throws KmonError what kept the parent from being asked, where it would be tried otherwise: a cluster that is there keeps what it has
 */
export async function decidedNetwork(
  config: ReadConfig & Pick<Config, 'monitoring'>,
  { parent, tried }: NetworkAsked,
): Promise<NetworkDecision> {
  const unasked = decideNetwork(config);
  if (config.kubernetes.network !== 'auto') return unasked;
  const there =
    parent === undefined ? undefined : await (tried === undefined ? whatIsThere : askThere)(parent);
  if (there !== undefined || tried === undefined) return decideNetwork(config, there);
  return decideNetwork(config, undefined, await tried(withNetwork(config, unasked)));
}

async function askThere(parent: () => Promise<Reader>): Promise<PodNetwork | undefined> {
  return networkThere(await parent());
}

/** A parent that is not to be reached tells nothing; the run that needs it says what is the matter. Ctrl-C ends the command. */
async function whatIsThere(parent: () => Promise<Reader>): Promise<PodNetwork | undefined> {
  try {
    return await askThere(parent);
  } catch (error) {
    if (error instanceof KmonError && error.code === 'interrupted') throw error;
    return undefined;
  }
}
