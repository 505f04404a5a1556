import type { Facts, UnitState } from './facts.js';
import type { FactLines } from './facts-lines.js';

type Software = Pick<Facts, 'versions' | 'programs' | 'units' | 'firewalls' | 'timeSync'>;

const CLOCK_KEEPERS = ['systemd-timesyncd', 'chrony', 'chronyd', 'ntpsec', 'ntp', 'openntpd'];

/** The part of the facts that tells which programs and services a machine has. */
export function parseSoftware(lines: FactLines): Software {
  const programs = lines.all('program').flatMap(parseProgram);
  const units = parseUnits(lines.all('unit'));
  const keeper = CLOCK_KEEPERS.find((name) => units[name]?.active === 'active');
  const firewalld = units['firewalld']?.active === 'active' ? ['firewalld'] : [];
  return {
    versions: Object.fromEntries(programs.map((p) => [p.name, p.version])),
    programs: Object.fromEntries(programs.map((p) => [p.name, p.path])),
    units,
    firewalls: [...new Set([...lines.all('firewall'), ...firewalld])],
    timeSync: {
      ...(keeper === undefined ? {} : { service: keeper }),
      ...(keeper === 'systemd-timesyncd' ? { synchronized: lines.has('time-synchronized') } : {}),
    },
  };
}

/** `runc /usr/sbin/runc runc version 1.1.5+ds1 commit: …`; the first thing that looks like a version is one. */
function parseProgram(line: string): readonly { name: string; path: string; version: string }[] {
  const [name = '', path = '', ...output] = line.split(' ');
  if (name === '' || !path.startsWith('/')) return [];
  // kubectl tells more than its version: its build date and Go's version stand before or behind it.
  const told = /\bgitVersion: (\S+)/.exec(output.join(' '))?.[1] ?? output.join(' ');
  const version = /(?<![\w.])v?(\d+\.\d+(?:\.\d+)?[\w.+~-]*)/.exec(told)?.[1] ?? 'unknown';
  return [{ name, path, version }];
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
