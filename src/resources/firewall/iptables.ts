import { IPTABLES_LINES } from '../../facts/packet-rules.js';
import { changes, reads } from '../../shell/command.js';
import { Fields } from '../fields.js';
import { incoming, plainRange, RANGE_PATTERN, TAG } from './system.js';
import type { FirewallSystem, OpeningState, TaggedRule } from './system.js';

/** The two backends have rules of their own and a machine may have both at once. */
export type IptablesTool = 'iptables-nft' | 'iptables-legacy';

const CHAINS = ['INPUT', 'FORWARD'] as const;
const MARK = `-m comment --comment ${TAG} -j ACCEPT`;

const INCOMING = new RegExp(
  `^-s ${RANGE_PATTERN} -p (tcp|udp) -m \\1 --dport \\d+ -m comment --comment ${TAG} -j ACCEPT$`,
);
const FORWARDED = new RegExp(`^-[sd] ${RANGE_PATTERN} -m comment --comment ${TAG} -j ACCEPT$`);

/** Chains of programs that open by themselves what Kubernetes needs, or that other kinds of opening are for. */
const NOT_THE_OWNERS = /^(KUBE-|CNI-|FLANNEL-|DOCKER|LIBVIRT_|ufw6?-)/;

/**
 * Plain iptables: rules with the comment `kmon` at the top of INPUT and FORWARD, where nothing can drop before them. They do not survive
 * a restart, as the owner's own do not unless something loads them.
 */
export function iptables(tool: IptablesTool): FirewallSystem {
  return {
    // Only `-save` looks: `-L` makes the tables it lists. Even that would load a table the kernel does not have yet.
    read:
      tool === 'iptables-nft'
        ? reads`if { [ ! -r /proc/modules ] || grep -q '^nf_tables ' /proc/modules || grep -qs '/nf_tables[.]ko' "/lib/modules/$(uname -r)/modules.builtin"; } && command -v iptables-nft-save >/dev/null; then
  iptables-nft-save -t filter 2>/dev/null | sed -n ${IPTABLES_LINES}
fi`
        : reads`if grep -qsx filter /proc/net/ip_tables_names && command -v iptables-legacy-save >/dev/null; then
  iptables-legacy-save -t filter 2>/dev/null | sed -n ${IPTABLES_LINES}
fi`,
    parse: (result) => {
      const fields = new Fields(result, ['policy', 'rule']);
      return stateOf(fields.all('policy'), fields.all('rule'));
    },
    wanted: (opening, closed) => [
      ...(closed.includes('INPUT')
        ? incoming(opening).map(({ from, protocol, port }) => ({
            at: 'INPUT',
            text: `-s ${from} -p ${protocol} -m ${protocol} --dport ${port} ${MARK}`,
          }))
        : []),
      ...(closed.includes('FORWARD')
        ? ['-s', '-d'].map((way) => ({ at: 'FORWARD', text: `${way} ${plainRange(opening.pods)} ${MARK}` }))
        : []),
    ],
    isOurs: ({ at, text }) => (at === 'INPUT' ? INCOMING : FORWARDED).test(text),
    edit: (remove, add) => {
      const lines = [
        '*filter',
        ...remove.map((r) => `-D ${r.at} ${r.text}`),
        ...add.map((r) => `-I ${r.at} ${r.text}`),
        'COMMIT',
      ];
      return changes`printf '%s\n' ${lines} | ${`${tool}-restore`} --wait=10 --noflush`;
    },
  };
}

function stateOf(policies: readonly string[], rules: readonly string[]): OpeningState {
  const policyOf = new Map(policies.map(atSpace));
  // What such a chain drops is opened where it is managed.
  const managed = [...policyOf.keys()].some((c) => c === 'ufw-before-input' || c === 'INPUT_ZONES');
  const all = rules.map(atSpace).map(([at, text]) => ({ at, text }));
  const dropping = new Set(
    all
      .filter((r) => /-[jg] (DROP|REJECT)\b/.test(r.text))
      .map((r) => r.at)
      .filter((at) => !isMain(at) && !NOT_THE_OWNERS.test(at) && !(managed && policyOf.has('INPUT_ZONES'))),
  );
  const drops = (text: string): boolean => {
    const target = /-[jg] (\S+)/.exec(text)?.[1] ?? '';
    if (target === 'DROP' || target === 'REJECT') return !policyOf.has('INPUT_ZONES');
    // A chain that itself drops nothing may lead to one that does.
    return policyOf.has(target) && !isMain(target) && !NOT_THE_OWNERS.test(target) && dropping.size > 0;
  };
  const own = CHAINS.map((chain) => ({ chain, rules: all.filter((r) => r.at === chain) }));
  return {
    closed: own
      .filter(
        (c) =>
          policyOf.has(c.chain) &&
          ((policyOf.get(c.chain) !== 'ACCEPT' && !managed) || c.rules.some((r) => drops(r.text))),
      )
      .map((c) => c.chain),
    rules: own.flatMap(({ rules: inOrder }) => {
      const first = inOrder.findIndex((r) => drops(r.text));
      return inOrder.flatMap((r, i): readonly TaggedRule[] =>
        isTagged(r.text) ? [{ ...r, late: first >= 0 && first < i }] : [],
      );
    }),
    covered: [],
  };
}

function isTagged(text: string): boolean {
  return /--comment "?kmon"?( |$)/.test(text);
}

function isMain(chain: string): boolean {
  return chain === 'INPUT' || chain === 'FORWARD' || chain === 'OUTPUT';
}

function atSpace(text: string): readonly [string, string] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}
