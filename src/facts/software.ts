import { settings } from './lines.js';
import type { FactLines } from './lines.js';
import type { Facts, UnitState } from './facts.js';

type Software = Pick<Facts, 'units' | 'firewalls' | 'timeSync' | 'packetRules' | 'iptablesIsLegacy'>;

const CLOCK_KEEPERS = ['systemd-timesyncd', 'chrony', 'chronyd', 'ntpsec', 'ntp', 'openntpd'];

/** The part of the facts that tells which services a machine has. */
export function parseSoftware(lines: FactLines): Software {
  const units = parseUnits(lines.section('units'));
  const keeper = CLOCK_KEEPERS.find((name) => units[name]?.active === 'active');
  const firewalls = [
    ...(settings(lines.file('/etc/ufw/ufw.conf')).get('ENABLED') === 'yes' ? ['ufw'] : []),
    ...(units['firewalld']?.active === 'active' ? ['firewalld'] : []),
  ];
  return {
    units,
    firewalls,
    packetRules: parseRules(lines),
    iptablesIsLegacy: lines.text('iptables-is') === 'legacy',
    timeSync: {
      ...(keeper === undefined ? {} : { service: keeper }),
      ...(keeper === 'systemd-timesyncd' ? { synchronized: lines.has('time-synchronized') } : {}),
    },
  };
}

function parseRules(lines: FactLines): Facts['packetRules'] {
  const sections = { nftables: 'nft', 'iptables-nft': 'iptables', 'iptables-legacy': 'legacy' };
  return Object.fromEntries(
    Object.entries(sections).flatMap(([name, section]) => {
      const text = lines.section(section).filter((line) => line !== '');
      return text.length === 0 ? [] : [[name, text.join('\n')]];
    }),
  );
}

/** Blocks of `Name=value` lines, one a unit, in any order, with an empty line between two. */
function parseUnits(lines: readonly string[]): Readonly<Record<string, UnitState>> {
  const blocks = [new Map<string, string>()];
  for (const line of lines) {
    const equals = line.indexOf('=');
    if (equals > 0) blocks.at(-1)?.set(line.slice(0, equals), line.slice(equals + 1));
    else if (line.trim() === '') blocks.push(new Map<string, string>());
  }
  const there = blocks.filter((b) => b.has('Id') && b.get('LoadState') !== 'not-found');
  return Object.fromEntries(
    there.map((b) => [
      (b.get('Id') ?? '').replace(/\.service$/, ''),
      { active: b.get('ActiveState') ?? '', enabled: b.get('UnitFileState') ?? '' },
    ]),
  );
}
