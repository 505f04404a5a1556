import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../src/facts/facts.js';
import { sightOf, withKubernetes } from './sights.js';

type Network = 'routes' | 'flannel';
const said = (network: Network, packetRules: Facts['packetRules'], more: Partial<Facts> = {}) =>
  verdicts(sightOf({ 'pc-11': { packetRules, ...more } }, { config: withKubernetes({ network }) }))
    .filter((f) => f.code === 'K-FORWARD')
    .map(
      (f) =>
        `${f.evidence.replace('packets of pods (10.244.0.0/16) do not get through: ', '')} > ${f.remedy}`,
    );

const OPEN = 'policy INPUT DROP\npolicy FORWARD ACCEPT';
const DROP = 'policy INPUT ACCEPT\npolicy FORWARD DROP';
const REJECT = `${OPEN}\nrule FORWARD -j REJECT --reject-with icmp-host-prohibited`;
const DOCKER = `${DROP}\npolicy DOCKER-USER -\nrule FORWARD -j DOCKER-USER\nrule FORWARD -i docker0 -o docker0 -j DROP`;
const OURS = ['-s', '-d']
  .map((way) => `rule FORWARD ${way} 10.244.0.0/16 -m comment --comment kmon -j ACCEPT`)
  .join('\n');
const UFW = `policy INPUT DROP\npolicy FORWARD DROP\npolicy ufw-before-input -\npolicy ufw-before-forward -\nrule FORWARD -j ufw-before-forward`;
const UFW_ALLOWED = ['-s', '-d']
  .map((way) => `rule ufw-user-forward ${way} 10.244.0.0/16 -j ACCEPT`)
  .join('\n');

// Tried with real rules, two pods and a machine beyond; those of ufw as it writes them, and what is the default backend, by their texts alone.
describe.each<[string, Facts['packetRules'], boolean, boolean, Partial<Facts>?]>([
  ['nothing', {}, false, false],
  ['FORWARD open', { 'iptables-nft': OPEN, 'iptables-legacy': OPEN }, false, false],
  ['the policy DROP of iptables', { 'iptables-nft': DROP }, true, false],
  ['the policy DROP of the other iptables', { 'iptables-legacy': DROP }, true, true],
  ['the same where that is iptables', { 'iptables-legacy': DROP }, true, false, { iptablesIsLegacy: true }],
  ['a rule that rejects', { 'iptables-nft': REJECT }, true, true],
  ['rules of kmon before the policy', { 'iptables-nft': `${DROP}\n${OURS}` }, false, false],
  ['ufw', { 'iptables-nft': UFW }, true, false],
  ['ufw that rejects', { 'iptables-nft': `${UFW}\nrule ufw-reject-forward -j REJECT` }, true, true],
  ['ufw that lets pods through', { 'iptables-nft': `${UFW}\n${UFW_ALLOWED}` }, false, false],
  [
    'a chain of nftables',
    { nftables: 'table inet own {\nchain f {\ntype filter hook forward priority 0; policy drop;' },
    true,
    true,
  ],
  [
    'iptables seen by nft',
    {
      'iptables-nft': OPEN,
      nftables:
        'iptables filter\ntable ip filter {\nchain FORWARD {\ntype filter hook forward priority 0; policy drop;',
    },
    false,
    false,
  ],
  ['firewalld', { nftables: 'table inet firewalld {' }, true, true, { firewalls: ['firewalld'] }],
  [
    'firewalld that trusts the pods',
    {
      nftables:
        'table inet firewalld {\nchain filter_FORWARD_ZONES {\nip saddr 10.244.0.0/16 goto filter_FWD_trusted # handle 7',
    },
    false,
    false,
    { firewalls: ['firewalld'] },
  ],
])('%s', (_, rules, routes, flannel, more) => {
  it.each([
    ['routes', routes],
    ['flannel', flannel],
  ] as const)('with %s: blocked is %s', (network, blocked) => {
    expect(said(network, rules, more)).toHaveLength(blocked ? 1 : 0);
  });
});

it('says who drops, and what lets pods through there', () => {
  expect(said('routes', { 'iptables-nft': DOCKER })).toEqual([
    'FORWARD of iptables-nft has the policy DROP > on that machine: sudo iptables-nft -I FORWARD -s 10.244.0.0/16 -j ACCEPT; sudo iptables-nft -I FORWARD -d 10.244.0.0/16 -j ACCEPT',
  ]);
  expect(said('routes', { 'iptables-nft': UFW })[0]).toContain('sudo ufw route allow from 10.244.0.0/16; ');
  expect(said('flannel', { nftables: 'table inet firewalld {' }, { firewalls: ['firewalld'] })[0]).toContain(
    'sudo firewall-cmd --zone=trusted --add-source=10.244.0.0/16',
  );
});
