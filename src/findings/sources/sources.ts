import { formatSubnet, overlap, rangeOf, within } from '../../config/networks/subnet.js';
import { allMachines } from '../../room/room.js';
import { roomNetwork } from '../sight/devices.js';
import { subject } from '../subject.js';
import { downloads, SET_NAME_SERVER } from './downloads.js';
import { entries, finding } from './entries.js';
import type { SourcesVerdict } from './entries.js';

/** What a proxy would take that is none of its business. */
const proxy: SourcesVerdict = (one, { sight }) => {
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
    finding('K-PROXY', 'note', machine, {
      evidence: `NO_PROXY does not hold ${missing.join(', ')}, and ${proxyHost(set.url)} is the proxy`,
      remedy: `to type kubectl there, write into its /etc/environment: no_proxy=${[...set.noProxy, ...missing].join(',')}`,
    }),
  ];
};

/** Without the user and the password that may stand in it. */
function proxyHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'a program';
}

/** No name server at all: seen without trying. Where names were tried in vain, the trials tell of it. */
const nameServer: SourcesVerdict = ({ machine, facts }, { sight }) => {
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
const nameServerLoop: SourcesVerdict = ({ machine, facts }) => {
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

/** Where packages and images come from. */
export const sources = subject({
  entries,
  ofMachine: [proxy, nameServer, nameServerLoop],
  ofRoom: [({ config, supply, network }) => downloads({ config, supply, sources: network?.sources ?? [] })],
});
