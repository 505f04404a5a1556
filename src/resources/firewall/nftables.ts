import { NFT_LINES } from '../../facts/packet-rules.js';
import { changes, reads } from '../../shell/command.js';
import type { ExecResult } from '../../transport/transport.js';
import { incoming, plainRange, RANGE_PATTERN, TAG } from './system.js';
import type { FirewallSystem, OpeningState, TaggedRule } from './system.js';

const MARK = `accept comment "${TAG}"`;
const INCOMING = new RegExp(`^ip saddr ${RANGE_PATTERN} (tcp|udp) dport \\d+ ${MARK}$`);
const FORWARDED = new RegExp(`^ip [sd]addr ${RANGE_PATTERN} ${MARK}$`);

/** Tables of programs that manage their own rules, or that other kinds of opening are for. */
const NOT_THE_OWNERS = new Set(['firewalld', 'kube-proxy', 'libvirt_network', 'docker-bridges']);

/**
 * Plain nftables. Every base chain has its say, and what one accepts another may still drop: a table of kmon's own would open nothing. So
 * rules with the comment `kmon` go to the top of each of the owner's chains that drop, and are deleted one by one.
 */
export const nftables: FirewallSystem = {
  // Without the elements of sets, which may be many. What iptables-nft shows is left to the opening of that name.
  read: reads`if { [ ! -r /proc/modules ] || grep -q '^nf_tables ' /proc/modules || grep -qs '/nf_tables[.]ko' "/lib/modules/$(uname -r)/modules.builtin"; } && command -v nft >/dev/null; then
  if command -v iptables-nft-save >/dev/null && ! iptables-nft-save -t filter 2>&1 | grep -q incompatible; then echo 'iptables filter'; fi
  nft -a -t list ruleset | sed -n ${NFT_LINES}
fi`,
  parse: (result) => stateOf(chainsOf(result)),
  wanted: (opening, closed) =>
    closed.flatMap((at) =>
      at.startsWith('forward ')
        ? ['saddr', 'daddr'].map((way) => ({ at, text: `ip ${way} ${plainRange(opening.pods)} ${MARK}` }))
        : incoming(opening).map(({ from, protocol, port }) => ({
            at,
            text: `ip saddr ${from} ${protocol} dport ${port} ${MARK}`,
          })),
    ),
  isOurs: ({ at, text }) => (at.startsWith('forward ') ? FORWARDED : INCOMING).test(text),
  edit: (remove, add) => {
    const lines = [
      ...remove.map((r) => `delete rule ${placeOf(r.at)} handle ${r.handle ?? '0'}`),
      ...add.map((r) => `insert rule ${placeOf(r.at)} ${r.text}`),
    ];
    return changes`printf '%s\n' ${lines} | nft -f -`;
  },
};

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  hook: string;
  policy: string;
  readonly rules: string[];
}

/** @throws TypeError for a line that stands in no chain. */
function chainsOf({ stdout }: ExecResult): readonly Chain[] {
  const chains: Chain[] = [];
  let [family, table] = ['', ''];
  let isIptables = false;
  for (const line of stdout.split('\n').filter((l) => l !== '')) {
    const current = chains.at(-1);
    const [word = '', ...words] = line.split(/\s+/);
    if (line === 'iptables filter') isIptables = true;
    else if (word === 'table') [family = '', table = ''] = words;
    else if (word === 'chain')
      chains.push({ family, table, name: words[0] ?? '', hook: '', policy: '', rules: [] });
    else if (current === undefined) throw new TypeError(`a rule outside a chain: ${line.slice(0, 80)}`);
    else if (word === 'type' && / hook /.test(line)) {
      current.hook = line.startsWith('type filter ') ? (/ hook (\S+)/.exec(line)?.[1] ?? '') : 'other';
      current.policy = /policy (\w+)/.exec(line)?.[1] ?? 'accept';
    } else current.rules.push(line);
  }
  return chains.filter(
    (c) =>
      (c.family === 'ip' || c.family === 'inet') &&
      !NOT_THE_OWNERS.has(c.table) &&
      !(isIptables && c.family === 'ip' && c.table === 'filter'),
  );
}

function stateOf(chains: readonly Chain[]): OpeningState {
  const base = chains.filter((c) => c.hook === 'input' || c.hook === 'forward');
  return {
    closed: base.filter((c) => c.policy === 'drop' || c.rules.some((r) => drops(r, c, chains))).map(nameOf),
    rules: base.flatMap((chain) => {
      const first = chain.rules.findIndex((r) => drops(r, chain, chains));
      return chain.rules.flatMap((line, i): readonly TaggedRule[] => {
        const [, text = '', handle = ''] = /^(.*comment "kmon")\s*# handle (\d+)$/.exec(line) ?? [];
        return text === '' ? [] : [{ at: nameOf(chain), text, handle, late: first >= 0 && first < i }];
      });
    }),
    covered: [],
  };
}

/** The rule drops, or leads to where something of the same table may. */
function drops(rule: string, from: Chain, chains: readonly Chain[]): boolean {
  if (/\bcomment "kmon"/.test(rule)) return false;
  const text = rule.replace(/ comment ".*/, '');
  if (/\b(drop|reject)\b/.test(text)) return true;
  if (!/\b(jump|goto|vmap)\b/.test(text)) return false;
  return chains.some(
    (c) =>
      c.hook === '' &&
      c.family === from.family &&
      c.table === from.table &&
      c.rules.some((r) => /\b(drop|reject)\b/.test(r)),
  );
}

/** "input inet filter in": the hook first, since chains may have any name. */
function nameOf({ hook, family, table, name }: Chain): string {
  return `${hook} ${family} ${table} ${name}`;
}

function placeOf(at: string): string {
  const [, ...place] = at.split(' ');
  return place.join(' ');
}
