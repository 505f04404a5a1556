import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { StaticAddress, StaticAddressState } from '../../resources/static-address/static-address.js';
import { answers, askNeighbour } from '../../tools/neighbour.js';
import { armRevert, cancelRevert, parseRevert, readRevert } from '../../tools/revert.js';
import type { RevertState } from '../../tools/revert.js';
import { withOptions } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import type { AddressTarget } from './static-address-target.js';

/** So long has kmon to prove that the machine can be reached; then the machine goes back by itself. */
export const REVERT_AFTER_S = 60;

/** Keeping and cancelling take some seconds more, which must be left. */
const PROVEN_WITHIN_MS = 35_000;

/** A dial that fails takes 10 s. */
const REACHED_WITHIN_MS = 20_000;

/** What goes back waits for DHCP, at most 40 s. */
const BACK_WITHIN_MS = (REVERT_AFTER_S + 80) * 1000;

/** Why a trial did not hold: the machine goes back by itself. Lower case, no full stop: "the gateway 192.0.2.9 did not answer". */
export class Refusal extends KmonError {
  readonly about: 'reach' | 'gateway' | 'settings';

  constructor(about: Refusal['about'], why: string) {
    super('not-verified', why);
    this.about = about;
  }
}

/**
 * Tries the address out with the machine's own way back armed, and has it stay once a new connection, the address and its gateway are
 * proven. Fails with a `Refusal` when it does not hold; the machine is then left to go back by itself.
 *
 * However this ends (kmon killed, connection lost, machine restarted), a machine on which it does not stay has its lease again.
 */
export function trialOf(
  c: Context,
  { device, address, prefix, keeper }: AddressTarget,
  thing: StaticAddress,
  found: StaticAddressState,
): readonly Step[] {
  const { gateway } = thing.wanted(found);
  const what = `${address}/${prefix} of ${device} static (${keeper}, ${gateway === null ? 'no gateway' : `gateway ${gateway}`})`;
  let began = 0;
  const proven = `prove that the machine is reached anew`;
  return [
    {
      at: 'machine',
      intent: `have the machine go back by itself in ${REVERT_AFTER_S} s`,
      command: () => {
        began = c.clock.now();
        return armRevert(thing.back(found), REVERT_AFTER_S);
      },
    },
    mayLoseIt(`make ${what}, for a trial`, thing.tryOut(found)),
    { at: 'machine', intent: proven, wait: () => reached(c, thing) },
    ...(gateway === null
      ? []
      : [
          {
            at: 'machine',
            intent: `ask whether the gateway ${gateway} answers`,
            wait: () => gatewayAnswers(c, thing, gateway),
          } as const,
        ]),
    {
      at: 'machine',
      intent: 'see that there is time left',
      wait: async () => {
        if (c.clock.now() - began > PROVEN_WITHIN_MS)
          throw new Refusal('reach', 'it took too long to reach the machine with it');
        return undefined;
      },
    },
    mayLoseIt('keep the static address', thing.keep(found)),
    { at: 'machine', intent: `${proven} once more`, wait: () => reached(c, thing) },
    { at: 'machine', intent: 'stay with the static address', command: cancelRevert() },
    {
      at: 'machine',
      intent: 'see that it stays',
      wait: async () => {
        if ((await revertState(c)) !== 'none') throw new Refusal('reach', 'it took too long to prove it');
        c.notice(
          `${address} is static now: ask who runs the network not to lease it to another computer; \`kmon teardown\` gives the lease back`,
        );
        return undefined;
      },
    },
  ];
}

/**
 * Waits until the machine has gone back by itself and is as it was found, over a new connection each time.
 *
 * @throws KmonError `not-verified` when it has not.
 */
export async function backByItself(
  m: Context,
  thing: StaticAddress,
  found: StaticAddressState,
): Promise<void> {
  m.say('waiting for the machine to go back by itself');
  const back = await until(
    () =>
      unlessLost(async () => {
        if ((await revertState(m)) !== 'none') return undefined;
        const now = await look(m, thing);
        return now.live === found.live && thing.restore(found, now) === 'nothing' ? true : undefined;
      }),
    { withinMs: BACK_WITHIN_MS, everyMs: 2000, clock: m.clock, signal: m.signal },
  );
  if (back === true) return;
  throw new KmonError(
    'not-verified',
    `${m.machine.name} was to go back to its leased address by itself, which cannot be seen`,
    { hint: `run \`kmon teardown --only ${m.machine.name}\`, or restart the machine` },
  );
}

/** What an earlier run armed and could not cancel. */
export async function revertState(m: Context): Promise<RevertState> {
  return parseRevert((await m.run.query(readRevert())).stdout);
}

export async function look(m: Context, thing: StaticAddress): Promise<StaticAddressState> {
  return thing.parse(await m.run.query(thing.read));
}

/** A connection that breaks meanwhile says nothing: the proof follows. */
function mayLoseIt(intent: string, command: Command<'changes'>): Step {
  return {
    at: 'machine',
    intent,
    command: withOptions(command, { timeoutMs: 30_000 }),
    tolerate: (error) => {
      if (error.code === 'connection-lost' || error.code === 'timeout') return '';
      return error.code === 'command' ? new Refusal('settings', error.message) : undefined;
    },
  };
}

/** Somebody who comes anew reaches it, and finds the address there and static. */
async function reached(c: Context, thing: StaticAddress): Promise<undefined> {
  let last = new Refusal('reach', 'the machine could not be reached with it');
  const seen = await until(
    () =>
      unlessLost(async () => {
        await c.redial();
        const { live } = await look(c, thing);
        if (live === 'static') return true;
        last = new Refusal('settings', `the address was ${live} after it was set`);
        return undefined;
      }),
    { withinMs: REACHED_WITHIN_MS, everyMs: 1000, clock: c.clock, signal: c.signal },
  );
  if (seen !== true) throw last;
}

async function gatewayAnswers(c: Context, thing: StaticAddress, gateway: string): Promise<undefined> {
  const { stdout } = await c.run.query(askNeighbour(gateway, thing.device));
  if (!answers(stdout)) throw new Refusal('gateway', `the gateway ${gateway} did not answer`);
}

/** `undefined` when the machine cannot be reached just now. */
async function unlessLost<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const lost = ['unreachable', 'connection-lost', 'timeout'];
    if (error instanceof KmonError && lost.includes(error.code)) return undefined;
    throw error;
  }
}
