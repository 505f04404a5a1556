import { profileText } from '../../artifacts/profile.js';
import type { ProfileDecision } from '../../artifacts/profile.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import type { RunReport } from '../../engine/report.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { selectMachines } from '../../room/room.js';
import type { Machine } from '../../room/machine.js';
import { podsReach } from '../../stages/cluster/pods-reach.js';
import { lookVerified } from '../../stages/cluster/verified.js';
import type { Missing, VerifiedSeen } from '../../stages/cluster/verified.js';
import { VERIFY, VERIFY_PODS } from '../../stages/index.js';
import { verifyText } from '../../ui/verify-text.js';
import type { PodsCell, VerifyResult } from '../../ui/verify-text.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';

/** `kmon verify`: 0 when nothing is missing, `not-verified` otherwise. */
export function verify(io: Io, options: RoomOptions): Promise<number> {
  const work = async (app: App): Promise<number> => {
    const { room } = app.config;
    const about = selectMachines(room, options.only);
    const looked = await app.run(planFor('verify', room, VERIFY, [room.parent], about), { quiet: true });
    if (looked.failure !== undefined) return exitCodeOf(looked);
    const seen = looked.seen.of(lookVerified).get(room.parent.name);
    if (seen === undefined) throw new KmonError('bug', 'nothing was looked at');
    const ready = about.filter(({ name }) => seen.nodes.some((n) => n.name === name && n.state === 'ready'));
    const tried =
      ready.length === 0
        ? undefined
        : await app.run(planFor('verify', room, VERIFY_PODS, ready), {
            parentMayFail: true,
            quiet: (report) => report.failure?.code !== 'interrupted',
          });
    if (tried?.failure?.code === 'interrupted') return exitCodeOf(tried);
    const result = resultOf(app.profile, about, ready, seen, tried);
    app.view.result(verifyText(result), result);
    return result.missing.length === 0 ? 0 : EXIT_CODES['not-verified'];
  };
  return withApp(io, 'verify', options, work, { asksProfile: () => true });
}

function resultOf(
  profile: ProfileDecision,
  about: readonly Machine[],
  ready: readonly Machine[],
  seen: VerifiedSeen,
  tried: RunReport | undefined,
): VerifyResult {
  const pods = new Map(ready.map(({ name }) => [name, podsOf(name, tried)]));
  const withoutNetwork = [...pods].flatMap(([what, { state, missing }]): readonly Missing[] =>
    state === 'reach' || missing === undefined ? [] : [{ what, ...missing }],
  );
  const decided = profileText(profile);
  return {
    profile: profile.profile,
    rows: about.map(({ name }) => {
      const row = seen.gate.rows.find((r) => r.machine === name);
      return {
        machine: name,
        node: seen.nodes.find((n) => n.name === name)?.state ?? 'absent',
        up: row?.up ?? false,
        cpuPercent: row?.cpuPercent ?? null,
        memoryPercent: row?.memoryPercent ?? null,
        temperature: row?.temperature ?? null,
        pods: pods.get(name)?.state ?? null,
      };
    }),
    targets: { up: seen.targets.filter((t) => t.health === 'up').length, all: seen.targets.length },
    checks: seen.health,
    missing: [...seen.missing, ...withoutNetwork],
    notes: [...(decided === undefined ? [] : [decided]), ...seen.notes],
  };
}

interface PodsOf {
  readonly state: PodsCell;
  readonly missing?: Omit<Missing, 'what'>;
}

/** What a pod on the machine could do, or why none could be asked. */
function podsOf(machine: string, tried: RunReport | undefined): PodsOf {
  const from = tried?.seen.of(podsReach).get(machine);
  if (from?.state === 'works') return { state: 'reach' };
  if (from?.state === 'untried')
    return { state: 'not tried', missing: { because: `its pods could not be tried: ${from.because}` } };
  const error =
    from?.error ?? tried?.setAside.find((one) => one.machine === machine)?.error ?? tried?.failure;
  return {
    state: from === undefined ? 'not tried' : 'fail',
    missing: {
      because:
        from === undefined
          ? `its pods could not be tried: ${error?.message ?? 'no answer'}`
          : from.error.message,
      ...(error?.hint === undefined ? {} : { fix: error.hint }),
    },
  };
}
