import type { Facts } from '../../facts/facts.js';
import { firewallOpening } from '../../resources/firewall/opening.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-FORWARD': {
    title: 'A firewall lets no packets of pods through',
    severities: ['stops'],
    cause:
      'machines forward the packets of pods; Docker, ufw and firewalld leave rules behind that forward only what is their own',
    remedy: 'let the range of the pods through, from it and to it',
    fix: 'lets the pods through',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

/** Something that lets no packet of a pod through, and what lets them through by hand. */
interface Closed {
  readonly by: string;
  readonly open: string;
}

/**
 * Every packet between pods is forwarded, also between two of one machine. kube-proxy lets answers and its own through, and no more; the
 * reference plugins nothing. flannel appends rules of its own to FORWARD of `iptables`: the policy of that chain is then never asked, while a rule
 * before them, another packet filter, ufw's rejecting and firewalld still have the last word. (Measured.)
 */
const forward: Verdict = ({ machine, facts }, { sight }) => {
  const { network, podSubnet } = sight.config.kubernetes;
  const closed = [
    ...(['iptables-nft', 'iptables-legacy'] as const).flatMap((tool) =>
      byIptables(tool, facts, podSubnet, network === 'flannel' && isDefault(tool, facts)),
    ),
    ...byNftables(facts, podSubnet),
    ...byFirewalld(facts, podSubnet),
  ];
  if (closed.length === 0) return [];
  return [
    finding('K-FORWARD', 'stops', machine, {
      evidence: `packets of pods (${podSubnet}) do not get through: ${closed.map((c) => c.by).join('; ')}`,
      remedy: `on that machine: ${closed.map((c) => c.open).join('; ')}`,
      fixable: true,
    }),
  ];
};

type Iptables = 'iptables-nft' | 'iptables-legacy';

function isDefault(tool: Iptables, { iptablesIsLegacy }: Facts): boolean {
  return (tool === 'iptables-legacy') === iptablesIsLegacy;
}

function byIptables(tool: Iptables, facts: Facts, pods: string, appends: boolean): readonly Closed[] {
  const told = facts.packetRules[tool];
  if (told === undefined) return [];
  const lines = told.split('\n');
  const policy = lines.find((line) => line.startsWith('policy FORWARD '))?.slice('policy FORWARD '.length);
  if (lines.includes('policy ufw-before-forward -')) return byUfw(lines, policy, pods, appends);
  // With rules of flannel's in the chain, what counts is whether one before them drops.
  const text = appends ? told.replace(/^policy FORWARD .*$/m, 'policy FORWARD ACCEPT') : told;
  if (isOpen(tool, text, pods)) return [];
  const how = policy === 'DROP' && !appends ? 'the policy DROP' : 'a rule that drops';
  return [
    {
      by: `FORWARD of ${tool} has ${how}`,
      open: ['-s', '-d'].map((way) => `sudo ${tool} -I FORWARD ${way} ${pods} -j ACCEPT`).join('; '),
    },
  ];
}

/** Its rules for forwarding come before what it drops; what it rejects comes before the rules that flannel appends. */
function byUfw(
  lines: readonly string[],
  policy: string | undefined,
  pods: string,
  appends: boolean,
): readonly Closed[] {
  const rejects = lines.some((line) => /^rule ufw-reject-forward -j (REJECT|DROP)/.test(line));
  const closed = rejects || (policy === 'DROP' && !appends);
  const allowed = ['-s', '-d'].every((way) =>
    lines.includes(`rule ufw-user-forward ${way} ${pods} -j ACCEPT`),
  );
  return !closed || allowed
    ? []
    : [
        {
          by: 'ufw lets nothing through (DEFAULT_FORWARD_POLICY in /etc/default/ufw)',
          open: `sudo ufw route allow from ${pods}; sudo ufw route allow to ${pods}`,
        },
      ];
}

function byNftables({ packetRules }: Facts, pods: string): readonly Closed[] {
  const told = packetRules.nftables;
  return told === undefined || isOpen('nftables', told, pods)
    ? []
    : [
        {
          by: 'a chain of nftables drops what is forwarded',
          open: `let ${pods} through, from it and to it, in the chain that \`sudo nft list ruleset\` shows with \`hook forward\``,
        },
      ];
}

/** It refuses what no zone accepts, in a table of its own. */
function byFirewalld({ packetRules, firewalls }: Facts, pods: string): readonly Closed[] {
  const told = packetRules.nftables?.split('\n') ?? [];
  const trusted = told.some((line) => line.startsWith(`ip saddr ${pods} goto filter_FWD`));
  return firewalls.includes('firewalld') &&
    told.some((line) => line.startsWith('table inet firewalld')) &&
    !trusted
    ? [
        {
          by: 'firewalld refuses what no zone of it trusts',
          open: `sudo firewall-cmd --zone=trusted --add-source=${pods}`,
        },
      ]
    : [];
}

/** As the opening that would put it right sees it: nothing is dropped, or the pods are let through before. */
function isOpen(system: Iptables | 'nftables', told: string, pods: string): boolean {
  const opening = firewallOpening({ system, room: pods, pods, ports: [] });
  return opening.satisfied(opening.parse({ stdout: told, stderr: '', exitCode: 0, durationMs: 0 }));
}

/** Packets of pods that a machine does not pass on. */
export const forwarding = subject({ entries, ofMachine: [forward] });
