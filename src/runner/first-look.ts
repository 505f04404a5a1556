import type { OtherSystem } from '../errors/kmon-error.js';
import { reads } from '../shell/command.js';
import type { Transport } from '../transport/transport.js';
import { secondLook, systemOf, systemOfSecondLook } from './other-system.js';
import { newMark } from './mark.js';
import { ranNothing } from './ran-nothing.js';
import { afterMark, wire } from './wire.js';

/** What a machine tells whoever may log in, without sudo. What it does not tell is empty or 0. */
export interface FirstLook {
  /** Present: it is no Linux and cannot be a node. */
  readonly other?: OtherSystem;
  /** Such as "Debian GNU/Linux 12 (bookworm)". */
  readonly system: string;
  readonly hostname: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** The kernel's table of routes, as /proc/net/route has it. */
  readonly routes: string;
}

/** Name lookups of a login shell may take their time. */
const TIMEOUT_MS = 20_000;

const LOOK = reads`echo "system=$(uname -sr)"
case $(uname -s) in Darwin) sw_vers; exit 0 ;; esac
hostname=; IFS= read -r hostname </proc/sys/kernel/hostname; printf 'hostname=%s\n' "$hostname"
for f in /etc/os-release /usr/lib/os-release; do
  if [ -r "$f" ]; then sed -n 's/^PRETTY_NAME=/name=/p' "$f"; break; fi
done
printf 'cpus=%s\n' "$(nproc || grep -c '^processor' /proc/cpuinfo)"
sed -n 's/^MemTotal:[[:space:]]*/memory=/p' /proc/meminfo
sed 's/^/route=/' /proc/net/route
exit 0`;

/**
 * Whether a login works, and what is there: one round trip as the user, a second one only where no `sh` began. Nothing is left behind.
 *
 * @throws KmonError what the transport throws; `login-refused` when the login runs nothing.
 */
export async function firstLook(
  transport: Transport,
  machine: string,
  signal?: AbortSignal,
): Promise<FirstLook> {
  const options = { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
  const mark = newMark();
  const { text, stdin } = wire(LOOK.script, { mode: 'user' }, mark);
  const result = await transport.exec(text, { ...options, stdin });
  const said = afterMark(result.stdout, mark);
  if (said !== undefined) return parseFirstLook(said);
  const again = await transport.exec(secondLook(result.stderr), options);
  const other = systemOfSecondLook(again.stdout);
  if (other === undefined) throw ranNothing(machine, result);
  return otherLook(other);
}

/** What the script printed. */
export function parseFirstLook(said: string): FirstLook {
  const other = systemOf(said);
  if (other !== undefined) return otherLook(other);
  const field = (key: string): string =>
    (new RegExp(`^${key}=(.*)$`, 'm').exec(said)?.[1] ?? '').trim().replace(/^(["'])(.*)\1$/, '$2');
  return {
    system: field('name') === '' ? field('system') : field('name'),
    hostname: field('hostname'),
    cpus: Number(/^\d+$/.exec(field('cpus'))?.[0] ?? 0),
    memoryBytes: Number(/^(\d+) kB$/.exec(field('memory'))?.[1] ?? 0) * 1024,
    routes: [...said.matchAll(/^route=(.*)$/gm)].map((m) => m[1] ?? '').join('\n'),
  };
}

function otherLook(other: OtherSystem): FirstLook {
  return { other, system: other.name, hostname: '', cpus: 0, memoryBytes: 0, routes: '' };
}
