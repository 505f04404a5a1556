import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Sight } from '../../../src/findings/sight/sight.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { firewallFix } from '../../../src/findings/fixes/firewall.js';
import { inner } from '../../support/guest-facts.js';
import { CHILD, OTHER, PARENT, sampleConfig, sampleFacts } from '../../support/sample-room.js';
import { link, proof, sightOf } from './sights.js';
import type { Different } from './sights.js';

const GUEST = { ...CHILD, guest: true } as const;
const TWIN = { ...OTHER, guest: true } as const;

/** The sample room whose children are guests, each with the same inner address. */
function room(different: Partial<Facts> = {}, more: Partial<Sight> = {}): Sight {
  const config = sampleConfig({
    room: { name: 'atelier-1', parent: PARENT, children: [GUEST, TWIN], observed: [] },
    kubernetes: { ...DEFAULTS.kubernetes, network: 'vxlan' },
  });
  return sightOf({ 'pc-11': { ...inner(), ...different }, 'pc-12': inner() }, { config, ...more });
}

const said = (sight: Sight): readonly (readonly string[])[] =>
  verdicts(sight).map((f) => [`${f.code} ${f.severity}`, f.machine ?? '', f.evidence]);

describe('a guest', () => {
  it.each<[string, Partial<Facts>]>([
    ['has not the address of kmon.yaml, and another network than the parent', {}],
    ['has it on the loopback', inner({ device: 'lo', address: CHILD.address, prefix: 32 })],
    [
      'leases its inner address of its laptop',
      { addressing: [{ device: 'enp0s3', manager: 'netplan', leased: true, leaseSeconds: 600 }] },
    ],
    ['has the MAC address of another guest', { links: [link('enp0s3', '08:00:27:00:00:01')] }],
  ])('%s', (_, facts) => {
    expect(said(room(facts))).toEqual([]);
  });

  it('that has the address itself is none', () => {
    const sight = room({ addresses: [{ device: 'eth0', address: CHILD.address, prefix: 24 }] });
    const [first] = verdicts(sight);
    expect(first).toMatchObject({
      code: 'K-ADDRESS',
      severity: 'stops',
      evidence: 'kmon.yaml has it for a guest behind 192.0.2.11, which is its own (eth0)',
      remedy: 'leave `node: guest` out for pc-11 in kmon.yaml',
    });
  });

  it.each<[string, Facts['addresses'][number], boolean]>([
    ['bridged card', { device: 'enp0s8', address: '192.0.2.77', prefix: 24 }, true],
    ['bridged card of a wide network', { device: 'enp0s8', address: '192.0.77.1', prefix: 16 }, true],
    ['card of its own', { device: 'enp0s8', address: '198.51.100.77', prefix: 24 }, false],
    ['point-to-point address', { device: 'tun0', address: '192.0.2.77', prefix: 32 }, false],
    ['laptop on the loopback', { device: 'lo', address: CHILD.address, prefix: 32 }, false],
    ['network on the loopback', { device: 'lo', address: '192.0.2.77', prefix: 24 }, false],
  ])('with a second, %s', (_, card, taken) => {
    const found = verdicts(room(inner(card))).filter((f) => f.code === 'K-ADDRESS');
    expect(found.map((f) => [f.severity, f.evidence])).toEqual(
      taken
        ? [
            [
              'stops',
              `its network card enp0s8 (${card.address}/${card.prefix}) is in the network of 192.0.2.11, the address of its laptop`,
            ],
          ]
        : [],
    );
    if (taken) expect(found[0]?.remedy).toContain('take the adapter of enp0s8 away');
  });

  it('whose only card is in the network of its laptop', () => {
    const facts: Partial<Facts> = {
      ...inner(),
      addresses: [{ device: 'enp0s3', address: '192.0.2.77', prefix: 24 }],
      routeToParent: { source: '192.0.2.77', device: 'enp0s3' },
    };
    const [first] = verdicts(room(facts));
    expect(first).toMatchObject({ code: 'K-ADDRESS', severity: 'stops' });
    expect(first?.remedy).toContain('write `address: 192.0.2.77` without `node: guest`');
  });

  it('without a way out does not come to the parent', () => {
    const { routeToParent, ...facts } = sampleFacts(GUEST, { ...inner(), routes: [] });
    expect(routeToParent).toBeDefined();
    const sight = room();
    expect(said({ ...sight, factsOf: new Map([...sight.factsOf, ['pc-11', facts]]) })).toEqual([
      ['K-ROUTE stops', 'pc-11', 'no route leads to the parent (192.0.2.10)'],
    ]);
  });

  it('that is written as a machine is told how it is written', () => {
    const config = sampleConfig({ logins: { 'pc-11': { host: CHILD.address, port: 2222 } } });
    const [first] = verdicts(sightOf({ 'pc-11': inner() }, { config }));
    expect(first?.code).toBe('K-ADDRESS');
    expect(first?.remedy).toContain(
      'or `node: guest` if it is a guest and the address is that of its laptop',
    );
  });

  it('has its own firewall opened for what comes from its laptop', () => {
    const sight = room();
    const facts = sampleFacts(GUEST, inner());
    const opened = firewallFix.resources(
      { machine: GUEST, facts, config: sight.config, room: { clockMs: 0 } },
      '',
    );
    expect(JSON.stringify(opened)).toContain('10.0.2.0/24');
  });
});

describe('a forward that is missing', () => {
  const to = (different: Different, facts: Partial<Facts> = {}): Sight =>
    room(facts, { network: proof(different) });

  it.each<[string, Different, string, string]>([
    [
      'of the overlay',
      { echo: (t) => (t.to === 'pc-11' ? { arrived: 0, answered: 0 } : {}) },
      'what is sent to UDP 8472 of 192.0.2.11 does not get to the guest pc-11 (from 2 machines)',
      'forward UDP 8472 of the laptop to the guest, and let it through the firewall of the laptop',
    ],
    [
      'of the kubelet',
      { port: (t) => (t.to === 'pc-11' && t.port === 10250 ? { outcome: 'refused' } : {}) },
      'what is sent to TCP 10250 of 192.0.2.11 does not get to the guest pc-11 (from 2 machines)',
      'forward TCP 10250 of the laptop to the guest, and let it through the firewall of the laptop',
    ],
    [
      'of all of them',
      {
        port: (t) => (t.to === 'pc-11' ? { outcome: 'refused' } : {}),
        echo: (t) => (t.to === 'pc-11' ? { arrived: 0, answered: 0 } : {}),
      },
      'what is sent to TCP 10250, 9100 and UDP 8472 of 192.0.2.11 does not get to the guest pc-11 (from 2 machines)',
      'forward TCP 10250, 9100 and UDP 8472 of the laptop to the guest, and let them through the firewall of the laptop',
    ],
  ])('%s is named by its number', (_, different, evidence, remedy) => {
    expect(verdicts(to(different))).toMatchObject([
      { code: 'K-GUEST-PORT', severity: 'stops', machine: 'pc-11', evidence, remedy, fixable: false },
    ]);
  });

  it('is no firewall of the guest whose filters let everything through', () => {
    const different: Different = { echo: (t) => (t.to === 'pc-11' ? { arrived: 0, answered: 0 } : {}) };
    const open = { packetRules: { 'iptables-nft': 'policy INPUT ACCEPT\npolicy FORWARD ACCEPT' } };
    expect(verdicts(to(different, open)).map((f) => f.code)).toEqual(['K-GUEST-PORT']);
  });

  it.each<[string, string, 'iptables-nft' | 'nftables', string]>([
    [
      "kubelet's and kube-proxy's",
      'K-GUEST-PORT',
      'iptables-nft',
      'policy INPUT ACCEPT\npolicy KUBE-FIREWALL -\nrule INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL\nrule INPUT -j KUBE-FIREWALL\nrule KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -j DROP\nrule KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    ],
    [
      "Docker's",
      'K-GUEST-PORT',
      'iptables-nft',
      'policy INPUT ACCEPT\npolicy FORWARD DROP\nrule DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP\nrule FORWARD -j REJECT',
    ],
    ['a policy', 'K-FIREWALL', 'iptables-nft', 'policy INPUT DROP\npolicy FORWARD ACCEPT'],
    [
      'a rule',
      'K-FIREWALL',
      'iptables-nft',
      'policy INPUT ACCEPT\nrule INPUT -p udp --dport 8472 -j REJECT --reject-with icmp-port-unreachable',
    ],
    [
      'a chain',
      'K-FIREWALL',
      'iptables-nft',
      'policy INPUT ACCEPT\nrule INPUT -j OWN\nrule OWN -p udp -j DROP',
    ],
    [
      "kube-proxy's",
      'K-GUEST-PORT',
      'nftables',
      'table ip kube-proxy { # handle 1\nchain filter-input { # handle 2\ntype filter hook input priority -110; policy accept;\nct state new jump cluster-ips-check # handle 3\nchain cluster-ips-check { # handle 4\nip daddr @cluster-ips reject with icmp port-unreachable comment "Reject traffic to invalid ports of ClusterIPs" # handle 5',
    ],
    [
      "kubelet's",
      'K-GUEST-PORT',
      'nftables',
      'table ip filter { # handle 1\nchain INPUT { # handle 2\ntype filter hook input priority 0; policy accept;\ncounter packets 0 bytes 0 jump KUBE-FIREWALL # handle 3\nchain KUBE-FIREWALL { # handle 4\nip saddr != 127.0.0.0/8 counter packets 0 bytes 0 drop # handle 5',
    ],
    [
      'of what is forwarded',
      'K-GUEST-PORT',
      'nftables',
      'table inet own { # handle 1\nchain through { # handle 2\ntype filter hook forward priority 0; policy drop;\ndrop # handle 3',
    ],
    [
      'a policy',
      'K-FIREWALL',
      'nftables',
      'table inet own { # handle 1\nchain in { # handle 2\ntype filter hook input priority 0; policy drop;',
    ],
    [
      'a chain',
      'K-FIREWALL',
      'nftables',
      'table inet own { # handle 1\nchain in { # handle 2\ntype filter hook input priority 0; policy accept;\nudp dport vmap { 8472 : jump odd } # handle 3\nchain odd { # handle 4\ndrop # handle 5',
    ],
  ])('beside rules that drop, %s: %s by %s', (_, code, tool, rules) => {
    const different: Different = { echo: (t) => (t.to === 'pc-11' ? { arrived: 0, answered: 0 } : {}) };
    const codes = verdicts(to(different, { packetRules: { [tool]: rules } })).map((f) => f.code);
    expect(codes.filter((c) => c === 'K-GUEST-PORT' || c === 'K-FIREWALL')).toEqual([code]);
  });

  it('is the firewall of the guest where that has one', () => {
    const different: Different = {
      port: (t) => (t.to === 'pc-11' && t.port === 10250 ? { outcome: 'silent' } : {}),
    };
    expect(verdicts(to(different, { firewalls: ['ufw'] })).map((f) => f.code)).toContain('K-FIREWALL');
  });
});
