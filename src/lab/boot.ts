import type { Clock } from '../engine/clock.js';
import { until } from '../engine/until.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Engine } from './container-engine.js';
import { sshGreets } from './greeting.js';

/**
 * Waits until a machine is up: its init has started everything (before that a login is refused with "system is booting up") and its
 * sshd greets. Gives the units that failed; an empty list is the normal case.
 *
 * @throws KmonError `timeout`.
 */
export async function waitForBoot(
  o: { readonly engine: Engine; readonly clock: Clock; readonly signal: AbortSignal },
  machine: {
    readonly name: string;
    readonly container: string;
    readonly address: string;
    readonly sshPort: number;
  },
): Promise<readonly string[]> {
  const wait = { withinMs: 90_000, everyMs: 150, clock: o.clock, signal: o.signal };
  const state = await until(async () => {
    const args = ['exec', machine.container, 'systemctl', 'is-system-running', '--wait'];
    const { stdout } = await o.engine.ask(args, { signal: o.signal, timeoutMs: 90_000 });
    return ['running', 'degraded'].find((known) => known === stdout.trim());
  }, wait);
  const greets =
    state === undefined
      ? undefined
      : await until(
          async () => ((await sshGreets(machine.address, 2000, machine.sshPort)) ? true : undefined),
          wait,
        );
  if (greets === undefined) {
    throw new KmonError(
      'timeout',
      state === undefined ? 'its init did not come up' : 'its sshd does not answer',
      {
        machine: machine.name,
        hint: `look at ${o.engine.kind} logs ${machine.container}, or start over with kmon lab down`,
      },
    );
  }
  if (state === 'running') return [];
  const args = ['exec', machine.container, 'systemctl', 'list-units', '--failed', '--plain', '--no-legend'];
  return (await o.engine.run(args)).split('\n').map((line) => line.split(' ')[0] ?? '');
}
