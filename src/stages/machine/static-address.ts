import type { Context, Stage, Verdict } from '../../engine/stage.js';
import { blocked, here, pending, satisfied } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { profileOf, staticAddress } from '../../resources/static-address/static-address.js';
import type { StaticAddress, StaticAddressState } from '../../resources/static-address/static-address.js';
import { check } from './check.js';
import { addressTarget } from './static-address-target.js';
import type { AddressTarget, StaticAddressOptions } from './static-address-target.js';
import { backByItself, look, Refusal, REVERT_AFTER_S, revertState, trialOf } from './static-address-trial.js';

export type { StaticAddressOptions };

/** `undefined`: this machine's address was not asked for. */
type AddressSeen =
  | undefined
  | { readonly refused: KmonError }
  | { readonly target: AddressTarget; readonly thing: StaticAddress; readonly found: StaticAddressState };

/**
 * Makes the leased address of each of these machines (by their names) a static one, by whoever keeps its settings: NetworkManager, netplan or
 * systemd-networkd. The machine goes back by itself unless kmon reaches it anew within a minute; `kmon teardown` gives the lease back.
 */
export function staticAddressStage(
  machines: readonly string[],
  options: StaticAddressOptions = {},
): Stage<AddressSeen> {
  return {
    id: 'static-address',
    title: 'Make leased addresses static',
    after: here(check),
    on: 'all',
    settleMs: 0,
    look: async (c) => (machines.includes(c.machine.name) ? lookAtAddress(c, options) : undefined),
    judge,
    notes: (seen) => (seen !== undefined && 'thing' in seen ? [seen.thing] : []),
    steps: (seen, c) =>
      seen !== undefined && 'thing' in seen ? trialOf(c, seen.target, seen.thing, seen.found) : [],
    rescue: async (error, seen, c) => {
      if (!(error instanceof Refusal) || seen === undefined || !('thing' in seen)) {
        c.notice(
          `the trial of a static address was not finished: the machine goes back by itself within ${REVERT_AFTER_S} s`,
        );
        return { error };
      }
      const { thing, found } = seen;
      await backByItself(c, thing, found);
      return { error: wentBack(c, thing, found, error), forget: [thing] };
    },
  };
}

async function lookAtAddress(c: Context, options: StaticAddressOptions): Promise<AddressSeen> {
  try {
    const target = addressTarget(c, options);
    await earlierTrialOver(c);
    const thing = await thingOf(c, target);
    return { target, thing, found: await look(c, thing) };
  } catch (error) {
    if (error instanceof KmonError && (error.code === 'precondition' || error.code === 'usage'))
      return { refused: error };
    throw error;
  }
}

function judge(seen: AddressSeen, c: Context): Verdict {
  if (seen === undefined) return satisfied('not asked for');
  if ('refused' in seen) return blocked(seen.refused);
  const { target, thing, found } = seen;
  if (found.live === 'absent') {
    return blocked(
      new KmonError('precondition', `${target.device} does not have ${target.address} any more`, {
        hint: 'run `kmon check` again',
      }),
    );
  }
  if (!thing.satisfied(found)) return pending('leased');
  if (target.gateway === undefined || target.gateway === found.gateway) return satisfied('static');
  return blocked(
    new KmonError(
      'precondition',
      `${target.address} is static already, with ${found.gateway === null ? 'no gateway' : `the gateway ${found.gateway}`}`,
      {
        hint:
          found.made === 'kept'
            ? `run \`kmon teardown --only ${c.machine.name}\` first`
            : `change the gateway on the machine itself: kmon did not set this address`,
      },
    ),
  );
}

async function thingOf(m: Context, target: AddressTarget): Promise<StaticAddress> {
  const { keeper, device, address, gateway } = target;
  const profile = (await m.run.query(profileOf(keeper, device))).stdout.trim();
  if (profile === '') {
    throw new KmonError('precondition', `${keeper} has no settings for ${device}`, {
      hint: `have the router always lease ${address} to this machine, or set it as a static address of ${device} by hand`,
    });
  }
  return staticAddress({ keeper, device, address, profile, ...(gateway === undefined ? {} : { gateway }) });
}

/** What an earlier run armed and could not cancel ends by itself. */
async function earlierTrialOver(c: Context): Promise<void> {
  const over = await until(
    async () => {
      if ((await revertState(c)) === 'none') return true;
      c.say('waiting until it has gone back by itself from an earlier trial');
      return undefined;
    },
    { withinMs: (REVERT_AFTER_S + 60) * 1000, everyMs: 2000, clock: c.clock, signal: c.signal },
  );
  if (over === true) return;
  throw new KmonError('timeout', 'an earlier trial of a static address does not end', {
    hint: `restart ${c.machine.name}`,
  });
}

function wentBack(
  m: Context,
  thing: StaticAddress,
  found: StaticAddressState,
  { message, about }: Refusal,
): KmonError {
  const { address, prefix, gateway } = thing.wanted(found);
  const tried = `${address}/${prefix}${gateway === null ? '' : ` with the gateway ${gateway}`}`;
  return new KmonError(
    'not-verified',
    `the static address ${tried} did not hold: ${message}; the machine went back to its leased address by itself`,
    {
      hint: hintFor(m, about),
    },
  );
}

function hintFor(m: Context, about: Refusal['about']): string {
  const again = `kmon check --fix K-LEASE --only ${m.machine.name}`;
  switch (about) {
    case 'gateway':
      return `look up the address of the router and run \`${again} --gateway ADDRESS\` with it`;
    case 'reach':
      return `have the router always lease this address to ${m.machine.name}, or run \`${again}\` once more`;
    case 'settings':
      return `see the transcript for what ${m.machine.name} said`;
  }
}
