import { PACKAGES_AT } from '../relay/asked.js';
import { changes } from '../shell/command.js';
import type { Command } from '../shell/command.js';

/** How apt reaches what fetches once for all machines. */
export interface AptRelay {
  /** Of the machine's loopback. */
  readonly port: number;
  /** Beginnings of the https addresses that it fetches. What else comes by https comes as ever. */
  readonly https: readonly string[];
  /** What comes by http comes through it too. */
  readonly http: boolean;
}

/**
 * apt's own way of fetching what comes by https, with the addresses on the way there and back changed. So no source names the relay, whose port
 * is gone when the run is: what apt keeps of lists and packages is the same as without it. In the folder of the ledger, since programs may
 * not be started from /run everywhere.
 */
export const APT_RELAY_METHOD = '/var/lib/kmon/apt-https';

/** Behind `throughRelay`: what apt-get is told. */
export const APT_RELAY_OPTIONS: Command<'changes'> = changes`$through `;

/** Sets apt up for the relay; `straight` ends that. Only what apt proves by a signature comes so: the keys themselves do not. */
export function throughRelay({ port, https, http }: AptRelay): Command<'changes'> {
  const relay = `http://127.0.0.1:${port}`;
  const there = https.map((origin) => origin.replace(/^https:\/\//, ''));
  if (there.some((place) => !/^[A-Za-z0-9._~:+/-]+\/$/.test(place)))
    throw new TypeError(`not the beginning of addresses: ${https.join(' ')}`);
  const places = there.map((place) => place.replace(/[.+]/g, '[$&]')).join('|');
  const method = `#!/bin/sh
sed -uE 's,^URI: https://(${places}),URI: ${relay}${PACKAGES_AT}\\1,' |
  /usr/lib/apt/methods/https |
  sed -uE 's,^((New-)?URI): ${relay}${PACKAGES_AT},\\1: https://,'`;
  const options = [
    `Dir::Bin::Methods::https=${APT_RELAY_METHOD}`,
    // For the machine itself no proxy is asked, whatever its settings say.
    'Acquire::https::Proxy::127.0.0.1=DIRECT',
    'Acquire::http::Proxy::127.0.0.1=DIRECT',
    // apt would take a proxy for http for what else comes by https too.
    ...(http ? [`Acquire::http::Proxy=${relay}`, 'Acquire::https::Proxy=DIRECT'] : []),
  ];
  const past = http ? PAST_RELAY : changes`:`;
  return changes`trap ${`rm -f ${APT_RELAY_METHOD}`} EXIT
mkdir -p -m 0700 -- "$(dirname ${APT_RELAY_METHOD})"
printf '%s\n' ${method} >${APT_RELAY_METHOD}; chmod 0755 ${APT_RELAY_METHOD}
through=${options.map((option) => `-o ${option}`).join(' ')}
${past}
straight() { through=; }`;
}

/**
 * Of the machine's own sources, what the relay does not fetch goes past it: an address (no name ends in a digit), a port, a login, a name that only
 * this network knows. Refused there, it would send everything straight.
 */
const PAST_RELAY = changes`for site in $(apt-get indextargets --format '$(SITE)' 2>/dev/null | sed -n 's,^http://\([^/[]*\).*,\1,p' | sort -u); do
  case $site in *[@:]* | *[0-9] | *.local) ;; *.*) continue ;; esac
  through="$through -o Acquire::http::Proxy::$(printf '%s\n' "$site" | sed 's,.*@,,; s,:[0-9]*$,,')=DIRECT"
done`;
