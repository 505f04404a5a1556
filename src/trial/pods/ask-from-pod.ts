import { tries, withOptions } from '../../shell/command.js';
import type { Service } from '../../tools/services.js';
import { NO_PERL, programStdin } from '../program.js';
import type { ProgramCommand } from '../program.js';
import { askForName } from './name-question.js';

/** Exit code when no process of the container is there any more; no program of kmon's uses it. */
export const NO_CONTAINER = 95;

/** What an unanswered question comes to: see `Heard`. */
const SILENCES = ['silent', 'refused', 'no-route'] as const;
export type Silence = (typeof SILENCES)[number];

/** What was heard in a pod's network. */
export interface Heard {
  /** The packet that answered, in hexadecimal. */
  readonly dns: { readonly packet: string } | Silence;
  /** Whether a connection to the service came about. */
  readonly tcp: 'open' | Silence;
}

/**
 * Asks the cluster's DNS for a name, and connects to a service, in the network of a container that runs on the machine. The programs are the
 * machine's own: nothing has to be in the pod's image. The container is found by its id in the cgroups, so that it is no matter which
 * runtime made it.
 */
export async function askFromPod(
  container: string,
  o: { readonly dns: Service; readonly name: string; readonly service: Service },
): Promise<ProgramCommand> {
  const stdin = await programStdin('pod', [
    ['dns', o.dns.address, o.dns.port, askForName(o.name)],
    ['tcp', o.service.address, o.service.port],
  ]);
  const command = withOptions(
    tries`command -v perl >/dev/null || exit ${NO_PERL}
p=$(grep -lsF ${container} /proc/[0-9]*/cgroup | head -n 1)
[ -n "$p" ] || exit ${NO_CONTAINER}
exec nsenter --net="$(dirname "$p")/ns/net" perl -`,
    { timeoutMs: 30_000, ok: 'any' },
  );
  return { ...command, stdin };
}

/** Reads what `pod` printed; `undefined` when it said nothing of that kind. */
export function parseHeard(stdout: string): Heard | undefined {
  const dns = /^dns (\S+)(?: ([0-9a-f]+))?$/m.exec(stdout);
  const tcp = /^tcp (\S+)$/m.exec(stdout)?.[1];
  const heard = dns?.[2] === undefined ? silence(dns?.[1]) : { packet: dns[2] };
  const reached = tcp === 'open' ? tcp : silence(tcp);
  return heard === undefined || reached === undefined ? undefined : { dns: heard, tcp: reached };
}

function silence(word: string | undefined): Silence | undefined {
  return SILENCES.find((s) => s === word);
}
