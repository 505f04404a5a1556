import type { Resource } from '../resource.js';
import { firewalld } from './firewalld.js';
import { iptables } from './iptables.js';
import { nftables } from './nftables.js';
import type { FirewallSystem, Opening, OpeningState, RulePlace } from './system.js';
import { ufw } from './ufw.js';

const SYSTEMS = {
  ufw,
  firewalld,
  nftables,
  'iptables-nft': iptables('iptables-nft'),
  'iptables-legacy': iptables('iptables-legacy'),
} as const satisfies Readonly<Record<string, FirewallSystem>>;

export type FirewallName = keyof typeof SYSTEMS;

/** Every kind of firewall that kmon opens. A machine may have several at once, and each of them has to let the room through. */
export const FIREWALL_NAMES = Object.keys(SYSTEMS) as readonly FirewallName[];

export type FirewallOpeningParams = Opening & { readonly system: FirewallName };

/**
 * Lets the room's own network reach a few ports through one kind of firewall, and the cluster's pods through it. Rules are added only where
 * something is dropped; each bears the name kmon, and exactly those are taken away again. No rule of the owner's is changed or moved.
 */
export function firewallOpening(params: FirewallOpeningParams): Resource<OpeningState> {
  const system: FirewallSystem = SYSTEMS[params.system];
  const missing = (now: OpeningState): readonly RulePlace[] =>
    system
      .wanted(params, now.closed)
      .filter((w) => !now.covered.includes(w.text) && !now.rules.some((r) => isSame(r, w) && !r.late));
  return {
    id: `firewall opening ${params.system}`,
    kind: 'firewall-opening',
    params,
    read: system.read,
    parse: (result) => system.parse(result),
    satisfied: (now) => missing(now).length === 0,
    change: (now) => {
      const add = missing(now);
      return system.edit(
        now.rules.filter((r) => add.some((a) => isSame(a, r))),
        add,
      );
    },
    describe: () => {
      const ports = params.ports.map((p) =>
        p.replace(/^(\w+) /, (_, word: string) => `${word.toUpperCase()} `),
      );
      return `open ${ports.join(', ')} for ${params.room} in ${params.system}`;
    },
    restore: (found, now) => {
      const ours = now.rules.filter((r) => system.isOurs(r, found));
      if (ours.length > 0) return system.edit(ours, []);
      const changed = now.rules.filter((r) => !found.rules.some((f) => isSame(f, r)));
      return changed.length === 0
        ? 'nothing'
        : { leave: `changed since by somebody else: ${changed.map((r) => r.text).join('; ')}` };
    },
  };
}

function isSame(a: RulePlace, b: RulePlace): boolean {
  return a.at === b.at && a.text === b.text;
}
