import { changes, reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { nftThere } from '../../tools/nft.js';
import { added } from './part.js';
import type { FootprintPart } from './part.js';

const TOOLS = ['iptables-legacy', 'ip6tables-legacy', 'iptables-nft', 'ip6tables-nft'] as const;

/** Chains by the prefixes of kube-proxy, kubelet, the CNI plugins and flannel; rules that jump to one, or that flannel signed. */
const OURS = '(KUBE|CNI|FLANNEL)-';
const PATTERN = `^[*]|^:${OURS}|^-A ${OURS}|-[jg] ${OURS}|--comment "?(flanneld|kubernetes) `;

/**
 * Packet rules of the two backends that a machine may have at once: the host's own choice says nothing about kube-proxy's, which comes
 * from its image. Only rules with the names above are ever looked at, so the owner's cannot be touched; each is deleted by its own text,
 * and nothing is flushed but chains that are new.
 *
 * Lines are `tool table line`, such as `iptables-nft nat -A POSTROUTING … -j KUBE-POSTROUTING`, and `tool table` for a table that exists.
 */
export const packetRules: FootprintPart<readonly string[]> = {
  // Only `-save` looks: `-L` makes the tables it lists. Even it loads nf_tables, which is why that is asked for first.
  read: reads`${nftThere}
for t in ${TOOLS}; do
  case $t in
    iptables-legacy) [ -s /proc/net/ip_tables_names ] || continue ;;
    ip6tables-legacy) [ -s /proc/net/ip6_tables_names ] || continue ;;
    *) nft_there || continue ;;
  esac
  if command -v "$t-save" >/dev/null; then "$t-save" 2>/dev/null | grep -E -e ${PATTERN} | sed "s/^/$t /"; fi
done`,
  parse: (lines) => {
    let table = '';
    return lines.map((line) => {
      const space = line.indexOf(' ');
      const tool = line.slice(0, space);
      const rule = line.slice(space + 1);
      if (rule.startsWith('*')) {
        table = `${tool} ${rule.slice(1)}`;
        return table;
      }
      // `:CHAIN policy [packets:bytes]`: the chain alone stays the same while packets flow.
      return `${table} ${rule.startsWith(':') ? (rule.split(' ')[0] ?? '') : rule}`;
    });
  },
  undo: (found, now) => {
    const fresh = added(found, now);
    const tables = [...new Set(fresh.map((line) => line.split(' ', 2).join(' ')))];
    return tables.flatMap((table) => {
      const rules = fresh.filter((l) => l.startsWith(`${table} `)).map((l) => l.slice(table.length + 1));
      const [tool = '', name = ''] = table.split(' ');
      if (rules.length === 0) return [];
      const made = fresh.includes(table) && tool.endsWith('-nft');
      return made ? [remove(tool, name, rules), dropIdle(tool, name)] : [remove(tool, name, rules)];
    });
  },
};

function remove(tool: string, table: string, rules: readonly string[]): Command<'changes'> {
  const chains = rules.filter((r) => r.startsWith(':')).map((r) => r.slice(1));
  // A rule inside a new chain goes when the chain is emptied.
  const elsewhere = rules.filter((r) => r.startsWith('-A ') && !chains.includes(r.split(' ')[1] ?? ''));
  const text = [
    `*${table}`,
    ...elsewhere.map((r) => r.replace(/^-A /, '-D ')),
    ...chains.map((c) => `-F ${c}`),
    ...chains.map((c) => `-X ${c}`),
    'COMMIT',
  ];
  return changes`printf '%s\n' ${text} | ${`${tool}-restore`} --wait=10 --noflush`;
}

/**
 * Takes away a table that was not there and in which nothing is decided any more; the legacy kernel keeps its tables. Without `nft` only
 * its chains can go, and it stays as an empty frame.
 */
function dropIdle(tool: string, table: string): Command<'changes'> {
  const family = tool.startsWith('ip6') ? 'ip6' : 'ip';
  return changes`lines=$(${`${tool}-save`} | awk -v t=${`*${table}`} '/^[*]/ { on = $0 == t } on && /^[:-]/')
if ! printf '%s\n' "$lines" | grep -v '^:[A-Z]* ACCEPT ' | grep -q .; then
  if command -v nft >/dev/null; then nft delete table ${family} ${table} || :
  else for c in $(printf '%s\n' "$lines" | sed -n 's/^:\([^ ]*\) .*/\1/p'); do ${tool} -t ${table} -X "$c" 2>/dev/null || :; done; fi
fi`;
}
