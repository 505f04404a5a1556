import type { MachineContext } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { StaticAddress, StaticAddressState } from '../../resources/static-address.js';
import { answers, askNeighbour } from '../../tools/neighbour.js';
import { armRevert, cancelRevert, parseRevert, readRevert } from '../../tools/revert.js';
import type { RevertState } from '../../tools/revert.js';
import { withOptions } from '../../shell/command.js';

/** So long has kmon to prove that the machine can be reached; then the machine goes back by itself. */
export const REVERT_AFTER_S = 60;

/** Keeping and cancelling take some seconds more, which must be left. */
const PROVEN_WITHIN_MS = 35_000;

/** A dial that fails takes 10 s. */
const REACHED_WITHIN_MS = 20_000;

/** What goes back waits for DHCP, at most 40 s. */
const BACK_WITHIN_MS = (REVERT_AFTER_S + 80) * 1000;

/** Why a trial did not hold. */
export interface Refusal {
  /** Lower case, no full stop: "the gateway 192.0.2.9 did not answer". */
  readonly why: string;
  readonly about: 'reach' | 'gateway' | 'settings';
}

/**
 * Tries the address out with the machine's own way back armed, and has it stay once a new connection, the address and its gateway are
 * proven. `undefined`: it stays, and the way back is cancelled. Otherwise the machine is left to go back by itself.
 *
 * However this ends (kmon killed, connection lost, machine restarted), a machine on which it does not stay has its lease again.
 */
export async function tryStaticAddress(
  m: MachineContext,
  thing: StaticAddress,
  found: StaticAddressState,
): Promise<Refusal | undefined> {
  const began = m.clock.now();
  await m.run.mutate(
    `have the machine go back by itself in ${REVERT_AFTER_S} s`,
    armRevert(thing.back(found), REVERT_AFTER_S),
  );
  try {
    m.say(`trying: ${thing.describe(found)}; it goes back by itself in ${REVERT_AFTER_S} s unless proven`);
    const refused =
      (await applied(m, 'try the static address', thing.tryOut(found))) ??
      (await reached(m, thing)) ??
      (await gatewayAnswers(m, thing, found));
    if (refused !== undefined) return refused;
    if (m.clock.now() - began > PROVEN_WITHIN_MS)
      return { about: 'reach', why: 'it took too long to reach the machine with it' };
    const notKept =
      (await applied(m, 'keep the static address', thing.keep(found))) ?? (await reached(m, thing));
    if (notKept !== undefined) return notKept;
    await m.run.mutate('stay with the static address', cancelRevert());
    if ((await revertState(m)) !== 'none') return { about: 'reach', why: 'it took too long to prove it' };
    return undefined;
  } catch (error) {
    m.notice(
      `the trial of a static address was not finished: the machine goes back by itself within ${REVERT_AFTER_S} s`,
    );
    throw error;
  }
}

/**
 * Waits until the machine has gone back by itself and is as it was found, over a new connection each time.
 *
 * @throws KmonError `not-verified` when it has not.
 */
export async function backByItself(
  m: MachineContext,
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
export async function revertState(m: MachineContext): Promise<RevertState> {
  return parseRevert((await m.run.query(readRevert())).stdout);
}

export async function look(m: MachineContext, thing: StaticAddress): Promise<StaticAddressState> {
  return thing.parse(await m.run.query(thing.read));
}

type Change = Parameters<MachineContext['run']['mutate']>[1];

/** A connection that breaks meanwhile says nothing: the proof follows. */
async function applied(m: MachineContext, intent: string, command: Change): Promise<Refusal | undefined> {
  try {
    await m.run.mutate(intent, withOptions(command, { timeoutMs: 30_000 }));
    return undefined;
  } catch (error) {
    if (!(error instanceof KmonError)) throw error;
    if (error.code === 'connection-lost' || error.code === 'timeout') return undefined;
    if (error.code !== 'command') throw error;
    return { about: 'settings', why: error.message };
  }
}

/** Somebody who comes anew reaches it, and finds the address there and static. */
async function reached(m: MachineContext, thing: StaticAddress): Promise<Refusal | undefined> {
  let last: Refusal = { about: 'reach', why: 'the machine could not be reached with it' };
  const seen = await until(
    () =>
      unlessLost(async () => {
        await m.redial();
        const { live } = await look(m, thing);
        if (live === 'static') return true;
        last = { about: 'settings', why: `the address was ${live} after it was set` };
        return undefined;
      }),
    { withinMs: REACHED_WITHIN_MS, everyMs: 1000, clock: m.clock, signal: m.signal },
  );
  return seen === true ? undefined : last;
}

async function gatewayAnswers(
  m: MachineContext,
  thing: StaticAddress,
  found: StaticAddressState,
): Promise<Refusal | undefined> {
  const { gateway } = thing.wanted(found);
  if (gateway === null) return undefined;
  m.say(`asking whether the gateway ${gateway} answers`);
  const { stdout } = await m.run.query(askNeighbour(gateway, thing.device));
  return answers(stdout) ? undefined : { about: 'gateway', why: `the gateway ${gateway} did not answer` };
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
