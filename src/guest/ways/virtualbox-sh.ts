import { createHash } from 'node:crypto';
import { quote } from '../../shell/quote.js';
import { FORWARDS, GUEST_SSH_PORT } from './forwards.js';
import { BOOT_SECONDS, GUEST_VM, LEAST_DISK_MB, LEAST_MEMORY_MB } from './guest-way.js';
import type { GuestScriptFacts, GuestWay } from './guest-way.js';

/** One script for macOS and Linux: what they differ in is asked of the system. */
const path = '/guest.sh';

const common: Omit<GuestWay, 'system' | 'calls'> = {
  hypervisor: 'VirtualBox',
  templates: ['enrol/letters.sh', 'guest/virtualbox.sh', 'guest/leave.sh'],
  path,
  script,
  line,
  leave: 'sh ~/kmon-guest/leave.sh',
};

const CALLS = {
  VBoxManage: 'makes, starts and removes the guest',
  curl: 'fetches, and talks to kmon',
  'ssh-keyscan': "asks the guest for its host keys, over the laptop's own loopback",
};

export const virtualboxMacos: GuestWay = {
  ...common,
  system: 'macos',
  calls: {
    ...CALLS,
    brew: 'installs VirtualBox where it is not, and removes it then',
    sw_vers: 'the version of macOS',
    sysctl: 'memory, processor, and whether it can have virtual machines',
    netstat: 'whether a port is taken',
    caffeinate: 'keeps the laptop awake',
  },
};

/** For a laptop whose owner does not want kmon's key on the system itself. VirtualBox has to be there. */
export const virtualboxLinux: GuestWay = {
  ...common,
  system: 'linux',
  calls: { ...CALLS, ss: 'whether a port is taken', 'systemd-inhibit': 'keeps the laptop awake' },
};

function script(templates: readonly string[], facts: GuestScriptFacts): string {
  const [leave = '', ...before] = templates.toReversed();
  const values: Readonly<Record<string, string>> = {
    PAGE: facts.page,
    SESSION: facts.session,
    ROOM: facts.room,
    BY: facts.by,
    IMAGES: facts.architectures.join(' '),
    VM: GUEST_VM,
    SSH_PORT: String(GUEST_SSH_PORT),
    PORTS: FORWARDS.map((f) => `${f.port}/${f.protocol}`).join(' '),
    FORWARDS: FORWARDS.map((f) => `${f.name},${f.protocol},,${f.port},,${f.guestPort}`).join(' '),
    LEAST_MEMORY: String(LEAST_MEMORY_MB),
    LEAST_DISK: String(LEAST_DISK_MB),
    BOOT: String(facts.bootSeconds ?? BOOT_SECONDS),
    PAUSE: String(facts.pauseSeconds ?? 2),
    PROC: facts.proc ?? '/proc',
    AS_ROOT: facts.asRoot === true ? 'yes' : '',
    STAY: facts.stays === false ? '' : 'yes',
  };
  const set = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`);
  return [
    '#!/bin/sh',
    `# A laptop has a guest in the room ${facts.room.replaceAll(/\p{Cc}/gu, ' ')} of kmon.`,
    ...set,
    ...before.toReversed(),
    `leave_script() {\n  cat <<'END_OF_LEAVE'\n${leave}END_OF_LEAVE\n}\n`,
    'main "$@"\n',
  ].join('\n');
}

/**
 * Works in every shell: what has to be understood by sh alone is within quotes. macOS has another program for the sum than Linux. Without a proxy,
 * since it is about a computer of the same room.
 */
function line(page: string, text: string): string {
  const sum = createHash('sha256').update(text).digest('hex');
  return [
    `sh -c 'f=$(mktemp) && curl -fsS --noproxy "*" -o "$f" ${page}${path} &&`,
    `[ "$({ sha256sum "$f" || shasum -a 256 "$f"; } 2>/dev/null | cut -c1-64)" = ${sum} ] || { echo "kmon: this is not the script of the line: load the page again" >&2; false; } && sh "$f"; r=$?; rm -f "$f"; exit $r'`,
  ].join(' ');
}
