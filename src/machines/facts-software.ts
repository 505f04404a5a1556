import { settings } from './facts-lines.js';
import type { FactLines } from './facts-lines.js';
import { PACKAGES } from './facts-script.js';
import type { Facts, UnitState } from './facts.js';

type Software = Pick<Facts, 'versions' | 'programs' | 'units' | 'firewalls' | 'timeSync'>;

const CLOCK_KEEPERS = ['systemd-timesyncd', 'chrony', 'chronyd', 'ntpsec', 'ntp', 'openntpd'];

/** The part of the facts that tells which programs and services a machine has. */
export function parseSoftware(lines: FactLines): Software {
  const packages = parsePackages(lines.section('packages'));
  const programs = lines.all('program').flatMap((line) => parseProgram(line, packages));
  const units = parseUnits(lines.section('units'));
  const keeper = CLOCK_KEEPERS.find((name) => units[name]?.active === 'active');
  const firewalls = [
    ...(settings(lines.file('/etc/ufw/ufw.conf')).get('ENABLED') === 'yes' ? ['ufw'] : []),
    ...(units['firewalld']?.active === 'active' ? ['firewalld'] : []),
  ];
  return {
    versions: Object.fromEntries(programs.map((p) => [p.name, p.version])),
    programs: Object.fromEntries(programs.map((p) => [p.name, p.path])),
    units,
    firewalls,
    timeSync: {
      ...(keeper === undefined ? {} : { service: keeper }),
      ...(keeper === 'systemd-timesyncd' ? { synchronized: lines.has('time-synchronized') } : {}),
    },
  };
}

/**
 * `runc /usr/sbin/runc runc version 1.1.5+ds1 commit: …`; the first thing that looks like a version is one. Without an answer it is the
 * package manager that knows.
 */
function parseProgram(
  line: string,
  packages: ReadonlyMap<string, string>,
): readonly { name: string; path: string; version: string }[] {
  const [name = '', path = '', ...output] = line.split(' ');
  if (name === '' || !path.startsWith('/')) return [];
  if (output.length === 0) {
    const owner = PACKAGES.find(
      (pair) => pair.startsWith(`${name}:`) && packages.has(pair.slice(name.length + 1)),
    );
    const version = owner === undefined ? undefined : packages.get(owner.slice(name.length + 1));
    // A package of Google's brings kubectl under a version of its own.
    const strange = name.startsWith('kube') && version?.startsWith('1.') === false;
    return [{ name, path, version: version === undefined || strange ? 'unknown' : version }];
  }
  // kubectl tells more than its version: its build date and Go's version stand before or behind it.
  const told = /\bgitVersion: (\S+)/.exec(output.join(' '))?.[1] ?? output.join(' ');
  const version = /(?<![\w.])v?(\d+\.\d+(?:\.\d+)?[\w.+~-]*)/.exec(told)?.[1] ?? 'unknown';
  return [{ name, path, version }];
}

/** dpkg's list: the upstream version of every package that is installed whole. `5:27.3.1-1~ubuntu.24.04~noble` is 27.3.1. */
function parsePackages(lines: readonly string[]): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  let [name, installed] = ['', false];
  for (const line of lines) {
    const [, key, value = ''] = /^(Package|Status|Version): (.*)$/.exec(line) ?? [];
    if (key === 'Package') [name, installed] = [value, false];
    if (key === 'Status') installed = value.endsWith(' installed');
    if (key === 'Version' && installed && !versions.has(name)) {
      versions.set(
        name,
        value
          .replace(/^\d+:/, '')
          .replace(/-[^-]*$/, '')
          .replace(/^.*\+really/, ''),
      );
    }
  }
  return versions;
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
