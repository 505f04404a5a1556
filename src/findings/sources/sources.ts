import { formatSubnet, overlap, rangeOf, within } from '../../config/networks/subnet.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import type { SourceTrial } from '../../trial/network-proof.js';
import { roomNetwork } from '../sight/devices.js';
import type { Sight } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf, VerdictOf } from '../subject.js';
import { someOf } from '../wording.js';

const { entries, finding } = catalogue({
  'K-DNS': {
    title: 'Names are not resolved',
    severities: ['stops', 'hurts'],
    cause: 'no name server is set, or it does not answer',
    remedy: 'connect the machine to a network with DHCP, or set a name server',
  },
  'K-DNS-LOOP': {
    title: 'The name server would ask itself',
    severities: ['hurts'],
    cause:
      "pods get the machine's name servers, and in a pod 127.0.0.1 is the pod: CoreDNS stops when it asks itself",
    remedy: 'name a server of the network in /etc/resolv.conf, or let systemd-resolved run',
  },
  'K-PROXY': {
    title: 'The proxy would take traffic of the room',
    severities: ['hurts'],
    cause: 'NO_PROXY does not hold the network of the room and the ranges of the cluster',
    remedy: 'write the ranges that are named into `no_proxy` in /etc/environment',
  },
  'K-SOURCE': {
    title: 'A source of packages or images cannot be reached',
    severities: ['stops', 'hurts'],
    cause: 'no Internet, a proxy, or a firewall of the school',
    remedy: 'have it let through by who runs the network, or name a bundle in kmon.yaml',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;
type Finding = FindingOf<keyof typeof entries>;

/** What a proxy would take that is none of its business. */
const proxy: Verdict = (one, { sight }) => {
  const { machine, facts } = one;
  const set = facts.proxy;
  if (set === undefined) return [];
  const { kubernetes, room } = sight.config;
  const own = roomNetwork(one);
  const excluded = set.noProxy.includes('*')
    ? [{ base: 0, prefix: 0 }]
    : set.noProxy.flatMap((entry) => rangeOf(entry) ?? []);
  const covers = (text: string): boolean => {
    const range = rangeOf(text);
    return range === undefined || excluded.some((e) => within(range, e));
  };
  const outside = allMachines(room).filter((m) => !covers(m.address));
  const lan =
    own === undefined
      ? outside.map((m) => m.address)
      : [
          formatSubnet(own),
          // Machines in another network are named one by one.
          ...outside.filter((m) => !overlap(own, rangeOf(m.address) ?? own)).map((m) => m.address),
        ];
  const missing = [
    ...(outside.length === 0 ? [] : lan),
    ...[kubernetes.podSubnet, kubernetes.serviceSubnet].filter((range) => !covers(range)),
  ];
  if (missing.length === 0) return [];
  return [
    finding('K-PROXY', 'hurts', machine, {
      evidence: `NO_PROXY does not hold ${missing.join(', ')}, and ${proxyHost(set.url)} is the proxy`,
      remedy: `write into /etc/environment on that machine: no_proxy=${[...set.noProxy, ...missing].join(',')}`,
    }),
  ];
};

/** Without the user and the password that may stand in it. */
function proxyHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'a program';
}

/** No name server at all: seen without trying. Where names were tried in vain, the trials tell of it. */
const nameServer: Verdict = ({ machine, facts }, { sight }) => {
  const tried = sight.network?.sources.some((t) => t.machine === machine.name && t.outcome === 'no-name');
  if (facts.nameServers.length > 0 || tried === true) return [];
  return [
    finding('K-DNS', 'hurts', machine, {
      evidence: 'no name server is set (/etc/resolv.conf)',
      remedy: SET_NAME_SERVER,
    }),
  ];
};

/**
 * kubeadm knows of systemd-resolved, and gives pods the servers behind it. Any other resolver on the machine itself is passed on as it
 * stands.
 */
const nameServerLoop: Verdict = ({ machine, facts }) => {
  const own = facts.nameServers.filter((server) => server.startsWith('127.') || server === '::1');
  const [first] = own;
  if (first === undefined || facts.units['systemd-resolved']?.active === 'active') return [];
  return [
    finding('K-DNS-LOOP', 'hurts', machine, {
      evidence: `the name server is a program of the machine itself (${first} in /etc/resolv.conf)`,
      remedy: `name the server that ${first} asks, one of the network, in /etc/resolv.conf for the lesson`,
    }),
  ];
};

const SET_NAME_SERVER = 'connect it to a network with DHCP, or set a name server in its network settings';

/** What the trials of package and image sources came to. What fails alike on all machines that tried is said once, about the room. */
function trials(sight: Sight): readonly Finding[] {
  const all = sight.network?.sources ?? [];
  const tried = allMachines(sight.config.room).flatMap((machine) => {
    const own = all.filter((t) => t.machine === machine.name);
    return own.length === 0 ? [] : [{ machine, failed: failures(own) }];
  });
  const [first] = tried;
  // Where no name has an address, which names it were says only what the machine needs: the parent needs more.
  const signature = ({ unnamed, closed }: Failures): string => JSON.stringify([unnamed.length > 0, closed]);
  const alike =
    first !== undefined &&
    tried.length > 1 &&
    tried.every((t) => signature(t.failed) === signature(first.failed));
  return alike
    ? say(sight, undefined, first.failed)
    : tried.flatMap(({ machine, failed }) => say(sight, machine, failed));
}

interface Failures {
  /** Hosts without an address, when no host at all has one. */
  readonly unnamed: readonly string[];
  /** "registry.example:443 does not answer" */
  readonly closed: readonly string[];
}

function failures(trials: readonly SourceTrial[]): Failures {
  const nameless = trials.filter((t) => t.outcome === 'no-name').map((t) => t.host);
  const none = nameless.length === trials.length;
  const closed = trials.flatMap((t) => {
    const how = {
      open: undefined,
      'no-name': none ? undefined : 'is not known',
      silent: 'does not answer',
      refused: 'refuses',
    };
    const what = how[t.outcome];
    return what === undefined ? [] : [`${t.host}:${t.port} ${what}`];
  });
  return { unnamed: none ? [...new Set(nameless)].sort() : [], closed: [...new Set(closed)].sort() };
}

/** Who is sent everything needs little from outside, and may have it already. */
function say(sight: Sight, machine: Machine | undefined, { unnamed, closed }: Failures): readonly Finding[] {
  const severity = sight.supply.fetched ? 'stops' : 'hurts';
  return [
    ...(unnamed.length === 0
      ? []
      : [
          finding('K-DNS', severity, machine, {
            evidence: `no name is resolved (${someOf(unnamed)})`,
            remedy:
              machine === undefined
                ? 'connect the room to the Internet, or name a bundle in kmon.yaml'
                : SET_NAME_SERVER,
          }),
        ]),
    ...(closed.length === 0
      ? []
      : [
          finding('K-SOURCE', severity, machine, {
            evidence: someOf(closed),
            remedy:
              'ask who runs the network to let these through, use another one, or name a bundle in kmon.yaml',
          }),
        ]),
  ];
}

/** Where packages and images come from. */
export const sources = subject({
  entries,
  ofMachine: [proxy, nameServer, nameServerLoop],
  ofRoom: [trials],
});
