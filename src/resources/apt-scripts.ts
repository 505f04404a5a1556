import { changes, reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { proxiesBack } from '../shell/proxies.js';
import { APT_RELAY_METHOD, APT_RELAY_OPTIONS, throughRelay } from './apt-relay.js';
import type { AptRelay } from './apt-relay.js';

/**
 * Debian's switch that keeps packages from starting services (see invoke-rc.d(8)). A link into /run, so that one which a power cut leaves
 * behind points to nothing after the restart and forbids nothing. An owner's own is left alone.
 */
export const POLICY = { path: '/usr/sbin/policy-rc.d', target: '/run/kmon-policy-rc.d' } as const;

/** Slow machines on a slow line; the lock alone may take five minutes. */
const TIMEOUT_MS = 1_500_000;

export interface Installation {
  readonly names: readonly string[];
  /** File that gets the names of everything that is brought in, before it is. */
  readonly plan: string;
  /** Packages that an earlier installation of kmon's left half-done. */
  readonly unfinished: readonly string[];
  /** Packages of the owner's that are half-done. */
  readonly owners: readonly string[];
  readonly hold: readonly string[];
  readonly relay?: AptRelay;
}

/**
 * Installs what is named and what it needs. Lists of packages are fetched only when they do not know a name, or no longer fit the mirror.
 * Fails and does nothing when apt would upgrade or remove something for it, or would go on with a half-done package of the owner's,
 * which it does whatever it is asked for. What does not come by the relay, or is not right, is fetched without it, and only what is wrong then is
 * told.
 *
 * What apt would do is asked with `--print-uris`: it says in one go what is new and where it comes from, and takes half the time of `-s`, which
 * tells no addresses (0.5 s and 1.2 s by apt 2.6 with Debian 12's lists).
 */
export function installPackages({
  names,
  plan,
  unfinished,
  owners,
  hold,
  relay,
}: Installation): Command<'changes'> {
  if (owners.length > 0) {
    const said = `half-done packages, which apt would go on with: ${owners.join(', ')} (sudo dpkg --configure -a, or remove them)`;
    return changes`( printf '%s\n' ${said} >&2; exit 1 )`;
  }
  const held = hold.length === 0 ? changes`:` : changes`apt-mark hold ${hold} >/dev/null`;
  const install =
    names.length === 0
      ? changes`:`
      : changes`simulate() { sim=$(get --print-uris install ${names}); }
listed() { printf '%s\n' "$sim" | sed -n "/^The following $1:\$/,/^[^ ]/s/^ \{1,\}//p" | tr -s ' ' '\n'; }
prepare() {
  others=$( {
    listed 'packages will be REMOVED' | sed 's/[*]*$//; s/^/remove /'
    listed 'packages will be upgraded' | sed 's/^/upgrade /'
    listed 'packages will be DOWNGRADED' | sed 's/^/downgrade /'
  } | paste -sd, -)
  if [ -n "$others" ]; then printf 'apt would also %s\n' "$others" >&2; exit 1; fi
  brought=$(listed 'NEW packages will be installed')
  # apt counts them too: so nothing is overlooked in what it lists.
  sum="0 upgraded, $(printf '%s' "$brought" | grep -c '' || :) newly installed, \([0-9]* reinstalled, \)\{0,1\}0 to remove and "
  if ! printf '%s\n' "$sim" | grep -q "^$sum"; then
    printf '%s\n' "apt says otherwise than expected what it would do:" "$sim" >&2; exit 1
  fi
  mkdir -p -m 0700 -- "$(dirname ${plan})"
  if [ -n "$brought" ]; then printf '%s\n' "$brought"; fi >>${plan}
  sync -- ${plan}
}
# A name server that is silent is asked again for each package and each try: a quarter of an hour without a word. A proxy asks by itself.
resolve() {
  if apt-config dump | grep -q '^Acquire::https\{0,1\}::Proxy'; then return 0; fi
  for h in $(printf '%s\n' "$sim" | sed -n "s|^'https\{0,1\}://\([^/:']*\).*|\1|p" | sort -u); do
    getent ahosts "$h" >/dev/null || { printf "E: Temporary failure resolving '%s'\n" "$h" >&2; exit 100; }
  done
}
${relay === undefined ? straight(names) : relayed(names)}`;
  return script(
    changes`update() {
  i=0
  # The lock on the lists is one that DPkg::Lock::Timeout does not wait for. What else goes wrong shows in the next simulation.
  # Nobody reads descriptions here: they are a third of what is fetched, and what the owner has of them stays.
  while ! said=$(get -o Acquire::Languages=none -o APT::Get::List-Cleanup=false update 2>&1); do
    case $said in *'ould not get lock'*) i=$((i + 1)); [ "$i" -lt 60 ] || break; sleep 5 ;; *) break ;; esac
  done
  # A list that could not be fetched is a warning to apt, and the reason why it does not know a package later.
  printf '%s\n' "$said" | grep -e '^E:' -e '^W: Failed to fetch' -e '^W: GPG error' >&2 || :
}
services_off
${finish(unfinished)}
${install}
${notAtBoot(plan)}
${held}`,
    relay,
  );
}

function straight(names: readonly string[]): Command<'changes'> {
  return changes`simulate 2>/dev/null || { update; simulate; }
prepare
resolve
get install ${names} || { update; simulate; prepare; get install ${names}; }`;
}

/** Names are resolved where the relay is. */
function relayed(names: readonly string[]): Command<'changes'> {
  return changes`simulate 2>/dev/null || { update; simulate; } 2>/dev/null || { straight; update; simulate; }
prepare
get install ${names} 2>/dev/null || { straight; update; simulate; prepare; resolve; get install ${names}; }`;
}

/** A package enables the services it brings: they would start with the machine, and make folders that no purge removes. */
function notAtBoot(plan: string): Command<'changes'> {
  return changes`if [ -s ${plan} ] && [ -d /run/systemd/system ]; then
  units=$(xargs -r dpkg -L <${plan} 2>/dev/null | sed -n 's,^.*/systemd/system/\([^/@]*[.]\(service\|socket\|timer\|path\)\)$,\1,p' | sort -u)
  if [ -n "$units" ]; then printf '%s\n' "$units" | xargs systemctl --quiet disable 2>/dev/null || :; fi
fi`;
}

export interface Purge {
  readonly purge: readonly string[];
  /** Removed with their configuration kept. */
  readonly remove: readonly string[];
  readonly unfinished: readonly string[];
  /** Packages of the owner's that are half-done. */
  readonly owners: readonly string[];
  readonly plan: string;
  /** Folders of the owner's in which nothing was, as `mode owner path/`. */
  readonly hollow: readonly string[];
}

/** Beside the plan: the folders of the owner's that a purge may take, written down before it begins. */
export function foldersOf(plan: string): string {
  return `${plan}-folders`;
}

/** Removes exactly what is named; fails and does nothing when something else would have to go with it. */
export function purgePackages(o: Purge): Command<'changes'> {
  const { plan, hollow } = o;
  const way = o.owners.length === 0 ? purgeByApt(o) : purgeByDpkg(o);
  return script(changes`${way}
${hollow.length === 0 ? changes`:` : makeHollow({ plan, hollow })}
rm -f -- ${[plan, foldersOf(plan)]}`);
}

/**
 * Beside a half-done package of the owner's, apt removes nothing, or tries to configure that package first, and fails with it. dpkg
 * removes what it is told, and leaves all else in the state in which it is; whether something else needs it is asked before.
 */
function purgeByDpkg({ purge, remove, plan, hollow }: Purge): Command<'changes'> {
  const all = [...remove, ...purge];
  if (all.length === 0) return changes`:`;
  const force = '--force-remove-reinstreq';
  return changes`printf '%s install\n' ${all} | dpkg --set-selections
if ! said=$(dpkg --no-act ${force} --purge ${all} 2>&1); then
  others=$(printf '%s\n' "$said" | sed -n 's/^ *\([^ ]*\) depends on .*/\1/p' | sort -u | paste -sd, -)
  if [ -n "$others" ]; then printf '%s, installed since, would have to go with them\n' "$others" >&2; else printf '%s\n' "$said" >&2; fi
  exit 1
fi
${hollow.length === 0 ? changes`:` : noteHollow(all, { plan, hollow })}
${remove.length === 0 ? changes`:` : changes`dpkg ${force} --remove ${remove}`}
${purge.length === 0 ? changes`:` : changes`dpkg ${force} --purge ${purge}`}`;
}

function purgeByApt({ purge, remove, unfinished, plan, hollow }: Purge): Command<'changes'> {
  const all = [...remove, ...purge];
  if (all.length === 0) return finish(unfinished);
  return changes`${finish(unfinished)}
apt-mark unhold ${all} >/dev/null
sim=$(get -s purge ${all})
others=$(printf '%s\n' "$sim" | sed -n 's/^\(Remv\|Purg\|Inst\) \([^ ]*\).*/\2/p' | grep -vxF -e ${all.join('\n')} | sort -u | paste -sd, - || :)
if [ -n "$others" ]; then printf '%s, installed since, would have to go with them\n' "$others" >&2; exit 1; fi
${hollow.length === 0 ? changes`:` : noteHollow(all, { plan, hollow })}
${remove.length === 0 ? changes`:` : changes`get remove ${all}`}
${purge.length === 0 ? changes`:` : changes`get purge ${purge}`}`;
}

/** Only what the packages list can go with them: what the owner has removed himself since does not come back. */
function noteHollow(
  packages: readonly string[],
  { plan, hollow }: Pick<Purge, 'plan' | 'hollow'>,
): Command<'changes'> {
  const file = foldersOf(plan);
  return changes`listed=$( (dpkg -L ${packages} 2>/dev/null || :) | sed 's,$,/,')
${eachOf(hollow)} if [ -d "$d" ] && printf '%s\n' "$listed" | grep -qxF -e "$d"; then printf '%s\n' "$d"; fi; done >>${file}
sync -- ${file}`;
}

function makeHollow({ plan, hollow }: Pick<Purge, 'plan' | 'hollow'>): Command<'changes'> {
  return changes`${eachOf(hollow)} if [ ! -d "$d" ] && grep -qxsF -e "$d" ${foldersOf(plan)}; then
  mkdir -p -- "$d" && chown -- "$owner" "$d" && chmod -- "$mode" "$d"
fi; done`;
}

function eachOf(hollow: readonly string[]): Command<'changes'> {
  return changes`printf '%s\n' ${hollow} | while read -r mode owner d; do`;
}

/**
 * A crash of kmon's own installation is first brought to its end, with services off: dpkg refuses everything before, and of a package that
 * is half unpacked only dpkg knows which files it has laid down. What cannot be finished (its archive is gone) is taken off by force.
 */
function finish(unfinished: readonly string[]): Command<'changes'> {
  const again =
    unfinished.length === 0
      ? changes`:`
      : changes`services_off
get install --reinstall ${unfinished} || dpkg --force-remove-reinstreq --purge ${unfinished}`;
  return changes`if [ -n "$(ls -A /var/lib/dpkg/updates)" ] && ls /var/lib/kmon/packages-???????????? >/dev/null 2>&1; then services_off; dpkg --configure -a || :; fi
${again}`;
}

function script(work: Command<'changes'>, relay?: AptRelay): Command<'changes'> {
  return withOptions(
    changes`(
set -e
${proxiesBack}
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1
${
  relay === undefined
    ? changes``
    : changes`${throughRelay(relay)}
`
}get() {
  apt-get -q -y ${relay === undefined ? changes`` : APT_RELAY_OPTIONS}-o DPkg::Lock::Timeout=300 -o APT::Get::AutomaticRemove=false -o APT::Install-Suggests=false --no-install-recommends \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}
if [ "$(readlink ${POLICY.path})" = ${POLICY.target} ]; then rm -f ${POLICY.path}; fi
rm -f ${POLICY.target}
services_off() {
  if [ -e ${POLICY.path} ] || [ -L ${POLICY.path} ]; then return 0; fi
  trap ${`rm -f ${[POLICY.path, POLICY.target, ...(relay === undefined ? [] : [APT_RELAY_METHOD])].join(' ')}`} EXIT
  printf '#!/bin/sh\n[ "$2" = stop ] || exit 101\n' >${POLICY.target}; chmod 0755 ${POLICY.target}
  ln -s ${POLICY.target} ${POLICY.path}
}
${work}
)`,
    { timeoutMs: TIMEOUT_MS, watch: APT_FETCHING },
  );
}

/** The file that apt wrote to last among those that are not whole yet: a package, or a list of them. */
const APT_FETCHING = reads`f=$(ls -td /var/cache/apt/archives/partial/* /var/lib/apt/lists/partial/* 2>/dev/null | head -n 1)
if [ -n "$f" ]; then printf '%s - %s\n' "$(stat -c %s "$f")" "$(basename "$f")"; fi`;
