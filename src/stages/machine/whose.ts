import { whoseVerdict } from '../../findings/leftovers/whose.js';
import type { Finding } from '../../findings/index.js';
import type { Context } from '../../engine/stage.js';
import { blocked, lookingStage, satisfied } from '../../engine/stage.js';
import type { Verdict } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Machine } from '../../room/machine.js';
import { ownershipOf } from '../../facts/ownership.js';

/**
 * Whose the machines are, before anything else: what another room or an owner made is refused with who, what and how to go on. The parent is
 * looked at from every machine, since the cluster is asked through it: an owner's cluster gets neither tokens nor releases from kmon.
 */
export const whose = lookingStage<KmonError | undefined>({
  id: 'whose',
  title: 'See whose the machines are',
  after: [],
  on: 'room',
  look: async (m) => {
    const { parent } = m.config.room;
    const own = othersOn(m, m.machine);
    if (own !== undefined) return refusal(own);
    const above = m.machine.role === 'child' ? othersOn(m, parent) : undefined;
    return above === undefined ? undefined : refusal(above, parent);
  },
  judge,
});

/**
 * The same before a teardown: another room's machine is that room's to give back. An owner's cluster stands in no way, since nothing of it is
 * in a ledger; nor does this room's own machine whose role has changed.
 */
export const whoseToGiveBack = lookingStage<KmonError | undefined>({
  id: 'whose-to-give-back',
  title: 'See whose the machines are',
  after: [],
  on: 'room',
  look: async (m) => {
    const here = ownershipOf(m.machine, m.facts, m.config);
    const found =
      here.of === 'room' && here.mark !== undefined && !here.ourOwn ? othersOn(m, m.machine) : undefined;
    return found === undefined ? undefined : refusal(found);
  },
  judge,
});

function judge(refused: KmonError | undefined): Verdict {
  return refused === undefined ? satisfied('nobody else has a claim') : blocked(refused);
}

function othersOn(m: Context, machine: Machine): Finding | undefined {
  const facts = m.factsOf.get(machine.name);
  if (facts === undefined) return undefined;
  const one = { machine, facts };
  return whoseVerdict(one, {
    sight: { config: m.config, supply: m.supply, factsOf: m.factsOf, unseen: [] },
    present: [one],
  })[0];
}

function refusal({ evidence, remedy }: Finding, of?: Machine): KmonError {
  return new KmonError('precondition', of === undefined ? evidence : `the parent ${of.name}: ${evidence}`, {
    hint: remedy,
  });
}
