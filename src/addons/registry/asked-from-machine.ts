import { ENDPOINT_NAME } from '../../config/names.js';
import type { Context } from '../../engine/context.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { CACHE, CLASS, hasCache } from './names.js';

/** A NodePort is there a moment after its pod. */
const ANSWERS_WITHIN_MS = 10_000;

/** `timeout` says so. */
const IN_VAIN = 124;

/**
 * Asks each port by the name by which containerd does, and prints a line of each: the port, the exit code, and what came. In the words of bash,
 * since a machine needs no curl.
 */
export function askPorts(ports: readonly number[]): Command<'reads'> {
  return reads`for p in ${ports.map(String)}; do
  said=$(timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "GET /v2/ HTTP/1.0\r\nHost: $0:$1\r\n\r\n" >&3 && read -r line <&3 && echo "$line"' ${ENDPOINT_NAME} "$p" 2>&1); code=$?
  printf '%s %s %s\n' "$p" "$code" "$(printf '%s\n' "$said" | tail -n 1)"
done`;
}

/** Why a registry does not answer the machine, asked there as its containerd will; `undefined`: all do. Only looks. */
export async function silentTo(c: Context): Promise<KmonError | undefined> {
  const ports = (hasCache(c) ? [CLASS, CACHE] : [CLASS]).map(({ port }) => port);
  let silent: readonly string[] = [];
  const heard = await until(
    async () => {
      silent = silentIn((await c.run.query(askPorts(ports))).stdout, ports);
      return silent.length === 0 ? true : undefined;
    },
    { withinMs: ANSWERS_WITHIN_MS, everyMs: 1000, clock: c.clock, signal: c.signal },
  );
  if (heard === true) return undefined;
  const { parent } = c.config.room;
  return new KmonError(
    'not-verified',
    `the registry does not answer ${c.machine.name}: ${silent.join('; ')}`,
    {
      hint: `open the ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(' and ')} (tcp) on ${parent.name} for the room, and run \`kmon addon add registry\` again`,
    },
  );
}

/** Of each port that no registry answers at, in words. */
export function silentIn(stdout: string, ports: readonly number[]): readonly string[] {
  const lines = stdout.split('\n').map((line) => /^(\d+) (\d+) ?(.*)$/.exec(line.trimEnd()));
  return ports.flatMap((port) => {
    const [, , code = '', said = ''] = lines.find((found) => found?.[1] === String(port)) ?? [];
    if (code === '0' && /^HTTP\/1\.[01] 200\b/.test(said)) return [];
    const at = `port ${port} of ${ENDPOINT_NAME}`;
    if (Number(code) === IN_VAIN) return [`nothing comes from ${at}`];
    return [`${at}: ${said.split(': ').at(-1) || 'no answer'}`];
  });
}
