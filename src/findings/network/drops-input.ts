import type { Facts } from '../../facts/facts.js';

/**
 * Whether a packet filter of the machine drops something that comes in for itself. What kubelet, kube-proxy and kmon have put there does not count:
 * it is about other packets.
 */
export function dropsInput(rules: Facts['packetRules']): boolean {
  const { nftables, ...others } = rules;
  return inNftables(nftables ?? '') || Object.values(others).some(inIptables);
}

function inIptables(told: string): boolean {
  const rules = told.split('\n').flatMap((line) => {
    const [, chain, target] = /^rule (\S+) .*?-[jg] (\S+)/.exec(line) ?? [];
    return chain === undefined || target === undefined ? [] : [{ chain, target }];
  });
  // Of chains behind INPUT only what drops is known, not which leads to which.
  const leadsOn = rules.some(
    (r) => r.chain === 'INPUT' && !/^(?:ACCEPT|RETURN|LOG|DROP|REJECT|KUBE-.*)$/.test(r.target),
  );
  const counts = (chain: string): boolean =>
    chain === 'INPUT' || (leadsOn && !/^(?:FORWARD|OUTPUT|DOCKER.*|KUBE-.*)$/.test(chain));
  return (
    /^policy INPUT (?:DROP|REJECT)/m.test(told) ||
    rules.some(({ chain, target }) => /^(?:DROP|REJECT)$/.test(target) && counts(chain))
  );
}

function inNftables(told: string): boolean {
  const tables = told
    .split(/^(?=table )/m)
    .filter((t) => !/^table \S+ (?:kube-proxy|kmon\S*)(?:\s|$)/.test(t));
  return tables.some((table) => {
    const chains = new Map(
      table
        .split(/^(?=chain )/m)
        .slice(1)
        .map((text) => [/^chain (\S+)/.exec(text)?.[1] ?? '', text] as const)
        .filter(([name]) => !name.startsWith('KUBE-')),
    );
    const drops = (name: string, seen: readonly string[]): boolean => {
      const text = chains.get(name)?.replace(/ (?:comment "[^"]*"|# .*$)/gm, '');
      if (text === undefined || seen.includes(name)) return false;
      if (/\b(?:drop|reject)\b/.test(text)) return true;
      // Where a named map leads is not known.
      const next = /\bvmap @/.test(text)
        ? [...chains.keys()]
        : [...text.matchAll(/\b(?:jump|goto) ([^\s,}]+)/g)].map(([, to = '']) => to);
      return next.some((to) => drops(to, [...seen, name]));
    };
    return [...chains].some(([name, text]) => /^type filter hook input /m.test(text) && drops(name, []));
  });
}
