import { describe, expect, it } from 'vitest';
import { decideNetwork, networkText, withNetwork } from '../../../src/artifacts/pod-network.js';
import type { PodNetwork } from '../../../src/config/config.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import type { ForeignTrial, NetworkProof } from '../../../src/trial/network-proof.js';
import { firstThatWorks, networksHere, networksText } from '../../../src/trial/networks-here.js';
import type { NetworksAround } from '../../../src/trial/networks-here.js';
import { podLike } from '../../../src/trial/try-peers.js';
import { proofIn, roomOf } from './measured.js';
import type { Faults } from './measured.js';

const CONFIG = roomOf(2);
const { room } = CONFIG;

/** What is tried in that room, with packets of pods on every way, and what is wrong with it. */
function seen(
  faults: Faults & {
    readonly foreign?: (from: string, to: string) => Partial<ForeignTrial> | undefined;
  } = {},
): NetworkProof {
  const proof = proofIn(CONFIG, faults);
  return {
    ...proof,
    foreign: proof.echoes.map(({ from, to }) => ({
      from,
      to,
      sent: 5,
      arrived: 5,
      direct: true,
      ...faults.foreign?.(from, to),
    })),
  };
}

/** The same with a machine that was not reached. */
function without(proof: NetworkProof, name: string): NetworkProof {
  const others = <T extends { readonly from: string; readonly to: string }>(
    ways: readonly T[],
  ): readonly T[] => ways.filter(({ from, to }) => from !== name && to !== name);
  return {
    ...proof,
    ports: others(proof.ports),
    echoes: others(proof.echoes),
    foreign: others(proof.foreign ?? []),
  };
}

const found = (proof: NetworkProof, more: Partial<NetworksAround> = {}) =>
  networksHere({ room, proof, withoutVxlan: [], ...more });
const text = (proof: NetworkProof, more: Partial<NetworksAround> = {}): string =>
  networksText(found(proof, more)).replace('networks that would work here: ', '');
const lost = { arrived: 0 };
const isWay = (a: string, b: string, from: string, to: string): boolean => a === from && b === to;

describe('which pod networks would work', () => {
  it.each<[string, NetworkProof, Partial<NetworksAround>, string, PodNetwork | undefined]>([
    ['a plain switch', seen(), {}, 'routes, vxlan, flannel', 'routes'],
    [
      'no image of flannel',
      seen(),
      { noFlannel: 'the bundle has no image of it' },
      'routes, vxlan; not flannel (the bundle has no image of it)',
      'routes',
    ],
    [
      'an access point that drops what it gave no address to',
      seen({ foreign: () => lost }),
      {},
      'vxlan, flannel; not routes (what has addresses of pods does not get from p to c1, and on 5 more ways)',
      'vxlan',
    ],
    [
      'one way of one pair that drops them',
      seen({ foreign: (a, b) => (isWay(a, b, 'c2', 'c1') ? lost : undefined) }),
      {},
      'vxlan, flannel; not routes (what has addresses of pods does not get from c2 to c1)',
      'vxlan',
    ],
    [
      'a loss that lets some of them through',
      seen({ foreign: () => ({ arrived: 1 }), echo: () => ({ arrived: 3, answered: 2 }) }),
      {},
      'routes, vxlan, flannel',
      'routes',
    ],
    [
      'a router between two of them',
      seen({
        foreign: (a, b) =>
          [a, b].toSorted().join() === 'c1,p' ? { sent: 0, arrived: 0, direct: false } : undefined,
      }),
      {},
      'vxlan, flannel; not routes (a router is between c1 and p)',
      'vxlan',
    ],
    [
      'UDP 8472 that is dropped by one',
      seen({ echo: (_, b) => (b === 'c1' ? { arrived: 0, answered: 0 } : undefined) }),
      {},
      'routes; not vxlan and flannel (UDP 8472 does not get from p to c1, and on 1 more way)',
      'routes',
    ],
    [
      'both dropped',
      seen({ foreign: () => lost, echo: () => ({ arrived: 0, answered: 0 }) }),
      {},
      'none; not routes (what has addresses of pods does not get from p to c1, and on 5 more ways); not vxlan and flannel (UDP 8472 does not get from p to c1, and on 5 more ways)',
      undefined,
    ],
    [
      'a kernel without VXLAN',
      seen({ foreign: () => lost }),
      { withoutVxlan: ['c2'] },
      'none; not routes (what has addresses of pods does not get from p to c1, and on 5 more ways); not vxlan and flannel (no VXLAN in the kernel of c2)',
      undefined,
    ],
    [
      'a guest',
      seen(),
      { room: { ...room, children: room.children.map((c, i) => (i === 0 ? { ...c, guest: true } : c)) } },
      'vxlan, flannel; not routes (c1 is a guest, whose laptop translates addresses)',
      'vxlan',
    ],
    [
      'a port for the overlay that is taken everywhere, as in a cluster',
      { ...seen(), echoes: [] },
      {},
      'routes; untried vxlan and flannel (UDP 8472 could not be tried)',
      'routes',
    ],
    [
      'nobody who could be tried',
      { ports: [], echoes: [], speeds: [], sources: [], untried: [] },
      { noFlannel: 'the bundle has no image of it' },
      'none; not flannel (the bundle has no image of it); untried routes and vxlan (no two machines could be tried)',
      'vxlan',
    ],
    [
      'a pair between which nothing passes at all, which is no matter of the network',
      seen({
        port: (a, b) => (isWay(a, b, 'p', 'c1') ? { outcome: 'silent' } : undefined),
        echo: (a, b) => (isWay(a, b, 'p', 'c1') ? { arrived: 0, answered: 0 } : undefined),
        foreign: (a, b) => (isWay(a, b, 'p', 'c1') ? lost : undefined),
      }),
      {},
      'routes, vxlan, flannel',
      'routes',
    ],
    [
      'a machine that is off, and may be anywhere',
      without(seen(), 'c2'),
      {},
      'vxlan, flannel; untried routes (tried between 2 of 3 machines, without c2)',
      'vxlan',
    ],
    [
      'a machine that is off, where what the others send to UDP 8472 is dropped',
      without(seen({ echo: () => ({ arrived: 0, answered: 0 }) }), 'c2'),
      {},
      'none; not vxlan and flannel (UDP 8472 does not get from p to c1, and on 1 more way); untried routes (tried between 2 of 3 machines, without c2)',
      'routes',
    ],
    [
      'a link that cannot be looked at: that machine sends, and nobody sends to it',
      { ...seen(), foreign: (seen().foreign ?? []).filter(({ to }) => to !== 'c1') },
      {},
      'vxlan, flannel; untried routes (tried between 2 of 3 machines, without c1)',
      'vxlan',
    ],
    [
      'a machine that sends nothing',
      {
        ...seen(),
        foreign: (seen().foreign ?? []).map((f) => (f.from === 'c1' ? { ...f, sent: 0, arrived: 0 } : f)),
      },
      {},
      'vxlan, flannel; untried routes (tried between 2 of 3 machines, without c1)',
      'vxlan',
    ],
    [
      'one way of two that could not be looked at',
      { ...without(seen(), 'c2'), foreign: [{ from: 'p', to: 'c1', sent: 5, arrived: 5, direct: true }] },
      {},
      'vxlan, flannel; untried routes (tried both ways with none of 3 machines)',
      'vxlan',
    ],
    [
      'a port for the overlay that is taken, where a machine is off',
      { ...without(seen(), 'c2'), echoes: [] },
      {},
      'none; untried routes (tried between 2 of 3 machines, without c2); untried vxlan and flannel (UDP 8472 could not be tried)',
      'vxlan',
    ],
  ])('%s', (_, proof, more, told, first) => {
    expect(text(proof, more)).toBe(told);
    expect(firstThatWorks(found(proof, more))).toBe(first);
  });

  it('names the same pair whoever was done first', () => {
    const proof = seen({ foreign: () => lost, echo: () => ({ arrived: 0, answered: 0 }) });
    const backwards = {
      ...proof,
      echoes: proof.echoes.toReversed(),
      foreign: (proof.foreign ?? []).toReversed(),
    };
    expect(text(backwards)).toBe(text(proof));
  });

  it('sends from and to addresses of the pods’ own range, also of a small one', () => {
    expect([0, 1, 300].map((n) => podLike('10.244.0.0/16', n))).toEqual([
      '10.244.0.2',
      '10.244.1.2',
      '10.244.44.3',
    ]);
    expect([0, 1, 2].map((n) => podLike('172.20.7.0/24', n))).toEqual([
      '172.20.7.2',
      '172.20.7.3',
      '172.20.7.4',
    ]);
    expect(podLike('10.0.0.0/8', 257)).toBe('10.1.1.2');
  });
});

describe('the pod network that is decided', () => {
  const auto = { kubernetes: { ...DEFAULTS.kubernetes, network: 'auto' as const } };
  const tried = { network: 'routes' as const, text: 'networks that would work here: routes' };

  it.each<[string, PodNetwork | undefined, typeof tried | undefined, PodNetwork, RegExp]>([
    [
      'stays what the cluster has',
      'flannel',
      tried,
      'flannel',
      /: it is what the cluster has \(kubernetes\.network\)$/,
    ],
    [
      'is what works',
      undefined,
      tried,
      'routes',
      /: networks that would work here: routes \(kubernetes\.network\)$/,
    ],
    [
      'is what passes most, where nothing was tried',
      undefined,
      undefined,
      'vxlan',
      /: nothing was tried between the machines;/,
    ],
  ])('%s', (_, there, what, network, because) => {
    const decision = decideNetwork(auto, there, what);
    expect(decision.network).toBe(network);
    expect(networkText(decision)).toMatch(because);
    expect(withNetwork(auto, decision).kubernetes).toEqual({ ...DEFAULTS.kubernetes, network });
  });

  it('is what kmon.yaml names, and then nothing is told of it', () => {
    const named = { kubernetes: { ...DEFAULTS.kubernetes, network: 'vxlan' as const } };
    const decision = decideNetwork(named, 'routes', tried);
    expect(decision).toEqual({ network: 'vxlan' });
    expect(networkText(decision)).toBeUndefined();
    expect(decideNetwork({ kubernetes: DEFAULTS.kubernetes })).toEqual({ network: 'flannel' });
  });
});
