import { createHash } from 'node:crypto';
import { reads } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import type { AptRelay } from './apt-relay.js';
import { foldersOf, installPackages, POLICY, purgePackages } from './apt-scripts.js';
import { Fields } from './fields.js';
import type { Resource, Restoration } from './resource.js';

export type PackagesParams = {
  /** Names as apt takes them, each with a version if need be: `kubelet=1.36.2-1.1`, `kubelet=1.36.*`. */
  readonly names: readonly string[];
  /** Keep the owner's automatic updates from moving them while the workshop runs. */
  readonly hold?: boolean;
};

/** Names are `name`, or `name:arch` for a foreign architecture. Lists are sorted. */
export type PackagesState = {
  /** Of the packages asked for, as far as they are installed. */
  readonly versions: Readonly<Record<string, string>>;
  readonly installed: readonly string[];
  /** Gone but for their configuration (dpkg's `rc`), which may be the owner's. */
  readonly removed: readonly string[];
  readonly held: readonly string[];
  /** dpkg was stopped half-way with these. */
  readonly unfinished: readonly string[];
  /** Those of them that no list of kmon's names. */
  readonly ownersUnfinished: readonly string[];
  /** What kmon's installation brings in, by the list that it writes before it begins. */
  readonly planned: readonly string[];
  /** The switch that keeps services off during an installation was left behind by a crash. */
  readonly policyLeft: boolean;
  /** Folders in which nothing is, as `mode owner path/`: dpkg takes those with it that a package lists. Not in ledgers of before. */
  readonly hollow?: readonly string[];
  /** Of the folders that kmon's purge took or will take, those that are not there. */
  readonly taken?: readonly string[];
};

/** Where owners have empty folders that packages of others put theirs into. */
const HOLLOW_BELOW = [
  '/etc',
  '/opt',
  '/srv',
  '/usr/lib',
  '/usr/local',
  '/usr/libexec',
  '/var/lib',
  '/var/opt',
];

/**
 * Packages by apt, with what they need and no more. Which ones that brings in is found by simulation and written down first; exactly
 * these are purged again, and never one that was there before. An installation that would upgrade or remove a package of the owner fails
 * and does nothing. A half-done package of the owner's stays as it is: nothing is installed beside it, since apt would go on with it. Services
 * neither start nor are enabled by being installed. Downloads and package lists are caches and stay. dpkg removes with a package the folders
 * that it lists and that are empty then, also when they were there before: these are made again.
 *
 * @param relay What is fetched for them comes by it, for this once: it is no part of what they are.
 */
export function packages(params: PackagesParams, relay?: AptRelay): Resource<PackagesState> {
  const { names, hold = false } = params;
  const wanted = names.map(nameOf);
  const id = `packages ${wanted.join(' ')}`;
  const plan = `/var/lib/kmon/packages-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
  const lacking = (now: PackagesState): readonly string[] =>
    names.filter((n) => !hasVersion(n, now.versions[nameOf(n)]));
  const unheld = (now: PackagesState): readonly string[] =>
    hold ? wanted.filter((n) => now.planned.includes(n) && !now.held.includes(n)) : [];
  return {
    id,
    kind: 'packages',
    params,
    read: reads`printf 'arch %s\n' "$(dpkg --print-architecture)"
dpkg-query -W -f ${'pkg ${db:Status-Abbrev}|${Package}|${Architecture}|${Version}\\n'}
if [ -f ${plan} ]; then sed 's/^/planned /' ${plan}; fi
for f in /var/lib/kmon/packages-????????????; do if [ -f "$f" ]; then sed 's/^/ours /' "$f"; fi; done
if [ -e ${POLICY.target} ] || [ "$(readlink ${POLICY.path})" = ${POLICY.target} ]; then echo policy; fi
find ${HOLLOW_BELOW} -xdev -maxdepth 2 -type d -empty ! -path '*
 *' -printf 'hollow %m %U:%G %p/\n' 2>/dev/null
if [ -f ${foldersOf(plan)} ]; then while IFS= read -r d; do [ -d "$d" ] || printf 'taken %s\n' "$d"; done <${foldersOf(plan)}; fi`,
    parse: (result) => parse(result, wanted),
    satisfied: (now) => lacking(now).length === 0 && unheld(now).length === 0 && !now.policyLeft,
    change: (now) =>
      installPackages({
        names: lacking(now),
        plan,
        unfinished: now.unfinished.filter((n) => now.planned.includes(n)),
        owners: now.ownersUnfinished,
        hold: hold ? wanted : [],
        ...(relay === undefined ? {} : { relay }),
      }),
    describe: (now) => `install ${lacking(now).join(', ') || 'nothing more'}`,
    restore: (found, now) => giveBack(found, now, plan),
  };
}

function giveBack(found: PackagesState, now: PackagesState, plan: string): Restoration {
  const there = new Set([...now.installed, ...now.unfinished, ...now.removed]);
  const owners = new Set(found.installed);
  const brought = now.planned.filter((n) => there.has(n) && !owners.has(n));
  // The owner's configuration of a package that he had removed himself: only the package goes again.
  const configured = new Set(found.removed);
  const gone = new Set(now.removed);
  const keep = brought.filter((n) => configured.has(n) && !gone.has(n));
  const purge = brought.filter((n) => !configured.has(n));
  const hollow = found.hollow ?? [];
  const lacking = hollow.filter((h) => now.taken?.some((path) => h.endsWith(` ${path}`)));
  if (keep.length === 0 && purge.length === 0 && !now.policyLeft && lacking.length === 0) return 'nothing';
  return purgePackages({
    purge,
    remove: keep,
    unfinished: brought.filter((n) => now.unfinished.includes(n)),
    owners: now.ownersUnfinished,
    plan,
    hollow,
  });
}

function parse(result: ExecResult, wanted: readonly string[]): PackagesState {
  const fields = new Fields(result, ['arch', 'pkg', 'planned', 'ours', 'policy', 'hollow', 'taken']);
  const native = fields.one('arch');
  const all = fields.all('pkg').map((line) => {
    const [status = '', name = '', arch = '', version = ''] = line.split('|');
    return { status, name: arch === native || arch === 'all' ? name : `${name}:${arch}`, version };
  });
  // dpkg's letters, want and status: hi = hold, installed; W and t are installed with a trigger still to run.
  const named = (letters: string) => all.filter((p) => letters.includes(p.status.charAt(1)));
  const installed = named('iWt');
  const unfinished = sorted(named('HUF'));
  const ours = new Set([...fields.all('planned'), ...fields.all('ours')]);
  return {
    versions: Object.fromEntries(
      installed.filter((p) => wanted.includes(p.name)).map((p) => [p.name, p.version]),
    ),
    installed: sorted(installed),
    removed: sorted(named('c')),
    held: sorted(installed.filter((p) => p.status.startsWith('h'))),
    unfinished,
    ownersUnfinished: unfinished.filter((n) => !ours.has(n)),
    planned: [...new Set(fields.all('planned'))].toSorted(),
    policyLeft: fields.has('policy'),
    hollow: fields.all('hollow').toSorted(),
    taken: fields.all('taken').toSorted(),
  };
}

function sorted(of: readonly { readonly name: string }[]): readonly string[] {
  return of.map((p) => p.name).toSorted();
}

function nameOf(wanted: string): string {
  const [name = ''] = wanted.split('=');
  if (!/^[a-z0-9][a-z0-9+.-]*(:[a-z0-9]+)?$/.test(name)) throw new TypeError(`not a package name: ${wanted}`);
  return name;
}

function hasVersion(wanted: string, version: string | undefined): boolean {
  const [, pinned] = wanted.split('=');
  if (version === undefined || pinned === undefined) return version !== undefined;
  return pinned.endsWith('*') ? version.startsWith(pinned.slice(0, -1)) : version === pinned;
}
