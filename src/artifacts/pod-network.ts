import type { Config, PodNetwork, ReadConfig } from '../config/config.js';

/** Which pod network a room gets. */
export interface NetworkDecision {
  readonly network: PodNetwork;
  /** Why, as a clause; absent: kmon.yaml names it. */
  readonly because?: string;
  /** Nobody has looked, at the cluster or between the machines: whoever tries it may take another. */
  readonly untried?: true;
}

/** What is taken where nobody has looked: it needs no download, and passes wherever one of the others does. */
const UNTRIED: PodNetwork = 'vxlan';

/**
 * What kmon.yaml names. Where it says `auto`: what the cluster has, which is never changed; else what was found to work; else what passes most.
 *
 * @param there the network of the cluster; absent: there is none, or nobody has looked
 * @param found what works by what was tried, and how that is told; absent: nothing was tried
 */
export function decideNetwork(
  { kubernetes: { network } }: Pick<ReadConfig, 'kubernetes'>,
  there?: PodNetwork,
  found?: { readonly network: PodNetwork; readonly text: string },
): NetworkDecision {
  if (network !== 'auto') return { network };
  if (there !== undefined) return { network: there, because: 'it is what the cluster has' };
  if (found !== undefined) return { network: found.network, because: found.text };
  return {
    network: UNTRIED,
    because:
      'nothing was tried between the machines; `kmon init-parent` and `kmon up` do, and may take another',
    untried: true,
  };
}

/** kmon.yaml with its pod network decided: everything behind this knows of no choice. */
export function withNetwork<C extends Pick<ReadConfig, 'kubernetes'>>(
  config: C,
  { network }: NetworkDecision,
): C & Pick<Config, 'kubernetes'> {
  return { ...config, kubernetes: { ...config.kubernetes, network } };
}

/** As a person reads it, where there is something to say. */
export function networkText({ network, because }: NetworkDecision): string | undefined {
  return because === undefined ? undefined : `the pod network is ${network}: ${because} (kubernetes.network)`;
}
