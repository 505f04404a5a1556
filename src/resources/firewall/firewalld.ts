import { changes, inOrder, reads } from '../../shell/command.js';
import type { ExecResult } from '../../transport/transport.js';
import { incoming, plainRange, RANGE_PATTERN } from './system.js';
import type { FirewallSystem, OpeningState, RulePlace, TaggedRule } from './system.js';

/**
 * Rich rules can hold no comment. Their priority is free to choose, negative ones come before whatever the owner's zone refuses, and
 * nobody else takes this one.
 */
const PRIORITY = '-1090';
const OURS = new RegExp(
  `^rule priority="${PRIORITY}" family="ipv4" source address="${RANGE_PATTERN}" port port="\\d+" protocol="(tcp|udp)" accept$`,
);

/** Trusted by firewalld itself: what comes from a source of this zone is let in and through. */
const POD_ZONE = 'trusted';

/** No zone can have these names: they hold a blank. */
const SOURCE = 'a source';
const POLICY = 'a policy';

/**
 * The running firewalld: rich rules in each zone that is in use, and the pods as a trusted source. The owner's files are not touched and
 * nothing is reloaded, since a reload would drop what he has set for the moment. Files of kmon's own (`firewalldFiles`) take over when somebody
 * reloads; what they brought is taken away here as well.
 */
export const firewalld: FirewallSystem = {
  read: reads`if command -v firewall-cmd >/dev/null && d=$(firewall-cmd --get-default-zone 2>/dev/null); then
  printf 'default %s\n' "$d"
  if firewall-cmd --info-policy=kmon 2>/dev/null | grep -q '^  ingress-zones: .'; then echo policy; fi
  firewall-cmd --list-all-zones
fi`,
  parse: stateOf,
  wanted: (opening, closed) => [
    ...closed.flatMap((zone) =>
      incoming(opening).map(({ from, protocol, port }) => ({
        at: zone,
        text: `rule priority="${PRIORITY}" family="ipv4" source address="${from}" port port="${port}" protocol="${protocol}" accept`,
      })),
    ),
    ...(closed.length === 0 ? [] : [{ at: SOURCE, text: plainRange(opening.pods) }]),
  ],
  isOurs: (rule, found) => {
    if (rule.at === POLICY) return true;
    if (rule.at !== SOURCE) return OURS.test(rule.text);
    // A source bears no name: it is kmon's when it was not there before.
    return !found.rules.some((f) => f.at === SOURCE && f.text === rule.text);
  },
  edit: (remove, add) =>
    inOrder([
      ...each(remove, 'remove'),
      ...remove
        .filter((r) => r.at === SOURCE)
        .map((r) => changes`firewall-cmd --quiet --zone=${r.handle ?? POD_ZONE} --remove-source=${r.text}`),
      ...(remove.some((r) => r.at === POLICY)
        ? [changes`firewall-cmd --quiet --remove-ingress-zone=ANY --policy=kmon`]
        : []),
      ...each(add, 'add'),
      ...add
        .filter((r) => r.at === SOURCE)
        .map((r) => changes`firewall-cmd --quiet --zone=${POD_ZONE} --add-source=${r.text}`),
    ]),
};

/** All rules of a zone at once: each call takes a third of a second. */
function each(rules: readonly RulePlace[], verb: 'add' | 'remove') {
  const own = rules.filter((r) => r.at !== SOURCE && r.at !== POLICY);
  return [...new Set(own.map((r) => r.at))].map((zone) => {
    const options = own.filter((r) => r.at === zone).map((r) => `--${verb}-rich-rule=${r.text}`);
    return changes`firewall-cmd --quiet ${`--zone=${zone}`} ${options}`;
  });
}

interface Zone {
  readonly name: string;
  readonly active: boolean;
  target: string;
  sources: readonly string[];
  readonly rules: string[];
}

/** @throws TypeError for a line that stands in no zone. */
function stateOf({ stdout }: ExecResult): OpeningState {
  const zones: Zone[] = [];
  let standard: string | undefined;
  let hasPolicy = false;
  for (const line of stdout.split('\n').filter((l) => l.trim() !== '')) {
    const zone = zones.at(-1);
    const [, key = '', value = ''] = /^ {2}([a-z -]+): ?(.*)$/.exec(line) ?? [];
    if (line.startsWith('default ')) standard = line.slice('default '.length);
    else if (line === 'policy') hasPolicy = true;
    else if (/^\S/.test(line)) {
      const [name = '', ...notes] = line.split(' ');
      zones.push({ name, active: notes.join(' ').includes('active'), target: '', sources: [], rules: [] });
    } else if (zone === undefined) throw new TypeError(`a line outside a zone: ${line.slice(0, 80)}`);
    else if (key === 'target') zone.target = value;
    else if (key === 'sources') zone.sources = value.split(' ').filter((s) => s !== '');
    else if (/^\s+rule /.test(line)) zone.rules.push(line.trim());
  }
  const trusting = zones.filter((z) => z.target === 'ACCEPT');
  return {
    closed: zones
      .filter((z) => (z.active || z.name === standard) && z.target !== 'ACCEPT')
      .map((z) => z.name),
    rules: [
      ...zones.flatMap(({ name, rules }): readonly TaggedRule[] =>
        rules
          .filter((text) => text.startsWith(`rule priority="${PRIORITY}"`))
          .map((text) => ({ at: name, text, late: false })),
      ),
      ...trusting
        .filter((z) => z.name === POD_ZONE || z.name === 'kmon-pods')
        .flatMap((z) => z.sources.map((text) => ({ at: SOURCE, text, handle: z.name, late: false }))),
      ...(hasPolicy ? [{ at: POLICY, text: 'kmon', late: false }] : []),
    ],
    covered: trusting.flatMap((z) => z.sources),
  };
}
