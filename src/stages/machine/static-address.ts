import { forgetLedger, readLedger } from '../../engine/ledger.js';
import type { MachineContext, Probe, Stage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { profileOf, staticAddress } from '../../resources/static-address.js';
import type { StaticAddress, StaticAddressState } from '../../resources/static-address.js';
import { addressTarget, gatewayOf } from './static-address-target.js';
import type { AddressTarget, StaticAddressOptions } from './static-address-target.js';
import { backByItself, look, REVERT_AFTER_S, revertState, tryStaticAddress } from './static-address-trial.js';
import type { Refusal } from './static-address-trial.js';

export type { StaticAddressOptions };

/**
 * Makes the leased address of each of these machines (by their names) a static one, by whoever keeps its settings: NetworkManager, netplan or
 * systemd-networkd. The machine goes back by itself unless kmon reaches it anew within a minute; `kmon teardown` gives the lease back.
 */
export function staticAddressStage(machines: readonly string[], options: StaticAddressOptions = {}): Stage {
  const concerns = (m: MachineContext): boolean => machines.includes(m.machine.name);
  return {
    id: 'static-address',
    title: 'Make leased addresses static',
    after: ['check'],
    on: 'all',
    settleMs: 0,
    probe: async (m) => {
      if (!concerns(m)) return satisfied('not asked for');
      try {
        return await probe(m, addressTarget(m, options));
      } catch (error) {
        if (error instanceof KmonError && (error.code === 'precondition' || error.code === 'usage'))
          return blocked(error);
        throw error;
      }
    },
    outline: (m) => (concerns(m) ? outline(m, options) : []),
    apply: (m) => apply(m, addressTarget(m, options)),
  };
}

function outline(m: MachineContext, options: StaticAddressOptions): readonly string[] {
  const { device, address, prefix, keeper, gateway } = addressTarget(m, options);
  const via = gateway ?? gatewayOf(m, device);
  const by = via === undefined ? 'no gateway' : `gateway ${via}`;
  return [
    `make ${address}/${prefix} of ${device} static (${keeper}, ${by})`,
    `go back by itself unless the machine is reached anew within ${REVERT_AFTER_S} s`,
  ];
}

async function probe(m: MachineContext, target: AddressTarget): Promise<Probe> {
  if ((await revertState(m)) !== 'none') return pending('going back by itself from an earlier trial');
  const thing = await thingOf(m, target);
  const now = await look(m, thing);
  if (now.live === 'absent') {
    throw new KmonError('precondition', `${target.device} does not have ${target.address} any more`, {
      hint: 'run `kmon check` again',
    });
  }
  if (!thing.satisfied(now)) return pending('leased');
  if (target.gateway === undefined || target.gateway === now.gateway) return satisfied('static');
  throw new KmonError(
    'precondition',
    `${target.address} is static already, with ${now.gateway === null ? 'no gateway' : `the gateway ${now.gateway}`}`,
    {
      hint:
        now.made === 'kept'
          ? `run \`kmon teardown --only ${m.machine.name}\` first`
          : `change the gateway on the machine itself: kmon did not set this address`,
    },
  );
}

async function apply(m: MachineContext, target: AddressTarget): Promise<void> {
  await earlierTrialOver(m);
  const thing = await thingOf(m, target);
  const found = await look(m, thing);
  if (found.live !== 'leased') return;
  await m.note([thing]);
  const refusal = await tryStaticAddress(m, thing, found);
  if (refusal === undefined) {
    m.notice(
      `${target.address} is static now: ask who runs the network not to lease it to another computer; \`kmon teardown\` gives the lease back`,
    );
    return;
  }
  await backByItself(m, thing, found);
  await forget(m, thing);
  throw wentBack(m, thing, found, refusal);
}

async function thingOf(m: MachineContext, target: AddressTarget): Promise<StaticAddress> {
  const { keeper, device, address, gateway } = target;
  const profile = (await m.run.query(profileOf(keeper, device))).stdout.trim();
  if (profile === '') {
    throw new KmonError('precondition', `${keeper} has no settings for ${device}`, {
      hint: `have the router always lease ${address} to this machine, or set it as a static address of ${device} by hand`,
    });
  }
  return staticAddress({ keeper, device, address, profile, ...(gateway === undefined ? {} : { gateway }) });
}

async function earlierTrialOver(m: MachineContext): Promise<void> {
  const over = await until(async () => ((await revertState(m)) === 'none' ? true : undefined), {
    withinMs: (REVERT_AFTER_S + 60) * 1000,
    everyMs: 2000,
    clock: m.clock,
    signal: m.signal,
  });
  if (over === true) return;
  throw new KmonError('timeout', 'an earlier trial of a static address does not end', {
    hint: `restart ${m.machine.name}`,
  });
}

/** It is proven as found: nothing is left to give back. */
async function forget(m: MachineContext, thing: StaticAddress): Promise<void> {
  const entries = await readLedger(m.run);
  await forgetLedger(
    m.run,
    entries.filter((e) => e.kind === thing.kind && e.id === thing.id).map((e) => e.seq),
  );
}

function wentBack(
  m: MachineContext,
  thing: StaticAddress,
  found: StaticAddressState,
  { why, about }: Refusal,
): KmonError {
  const { address, prefix, gateway } = thing.wanted(found);
  const tried = `${address}/${prefix}${gateway === null ? '' : ` with the gateway ${gateway}`}`;
  return new KmonError(
    'not-verified',
    `the static address ${tried} did not hold: ${why}; the machine went back to its leased address by itself`,
    {
      hint: hintFor(m, about),
    },
  );
}

function hintFor(m: MachineContext, about: Refusal['about']): string {
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
