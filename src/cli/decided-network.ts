import { madeWith } from '../addons/made-with.js';
import type { MadeWith } from '../addons/made-with.js';
import { decideNetwork, networkText, withNetwork } from '../artifacts/pod-network.js';
import type { NetworkDecision } from '../artifacts/pod-network.js';
import type { Config, ReadConfig } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Reader } from '../runner/runner.js';
import type { NetworkFound } from './try-networks.js';

/**
 * What a command does about a pod network that kmon.yaml leaves open. All ask the parent which there is. Where there is none: `seen` and
 * `laid` look no further; `tried` has it tried between the machines; `judged` is a command that tries it anyway, and goes by what it finds. `laid` and
 * `tried` lay the network on machines.
 */
export type NeedsNetwork = 'seen' | 'laid' | 'tried' | 'judged';

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
  /** The command lays it on machines: a cluster that was made with another one is told of. */
  readonly lays?: boolean;
}

/**
 * The pod network of a room whose profile is decided.
 *
 * @throws KmonError what kept the parent from being asked, where it would be tried otherwise: a cluster that is there keeps what it has;
 * `precondition` where the network would be laid otherwise than the cluster was made
 */
export async function decidedNetwork(
  config: ReadConfig & Pick<Config, 'monitoring'>,
  { parent, tried, lays = false }: NetworkAsked,
): Promise<NetworkDecision> {
  const unasked = decideNetwork(config);
  const named = config.kubernetes.network !== 'auto';
  if (named && !lays) return unasked;
  const there =
    parent === undefined ? undefined : await (named || tried === undefined ? whatIsThere : askThere)(parent);
  if (lays && there !== undefined) refuseOther(config, there);
  if (named) return unasked;
  if (there !== undefined || tried === undefined) return decideNetwork(config, there?.network);
  return decideNetwork(config, undefined, await tried(withNetwork(config, unasked)));
}

/** Pods and Services that are there keep the addresses and the ways that they were made with, whatever kmon.yaml says later. */
function refuseOther({ kubernetes: wanted }: Pick<ReadConfig, 'kubernetes'>, there: MadeWith): void {
  const others = KEYS.flatMap((key) => {
    const [has, wants] = [there[key], wanted[key]];
    return has === undefined || has === wants || wants === 'auto' ? [] : [{ key, has, wants }];
  });
  if (others.length === 0) return;
  const list = (side: 'has' | 'wants'): string => others.map((o) => `${o.key} ${o[side]}`).join(', ');
  throw new KmonError(
    'precondition',
    `the cluster of this room was made with ${list('has')}; kmon.yaml says ${list('wants')}`,
    {
      hint: `to keep the cluster write ${others.map((o) => `\`${o.key}: ${o.has}\``).join(', ')} below \`kubernetes:\`; to have it otherwise give the machines back (\`kmon teardown\`), and run \`kmon up\``,
    },
  );
}

const KEYS = ['network', 'podSubnet', 'serviceSubnet'] as const;

async function askThere(parent: () => Promise<Reader>): Promise<MadeWith | undefined> {
  return madeWith(await parent());
}

/** A parent that is not to be reached tells nothing; the run that needs it says what is the matter. Ctrl-C ends the command. */
async function whatIsThere(parent: () => Promise<Reader>): Promise<MadeWith | undefined> {
  try {
    return await askThere(parent);
  } catch (error) {
    if (error instanceof KmonError && error.code === 'interrupted') throw error;
    return undefined;
  }
}
