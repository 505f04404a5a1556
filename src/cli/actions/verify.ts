import { profileText } from '../../artifacts/profile.js';
import type { ProfileDecision } from '../../artifacts/profile.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import type { RunReport } from '../../engine/report.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { selectMachines } from '../../room/room.js';
import type { Machine } from '../../room/machine.js';
import { latency } from '../../stages/cluster/latency.js';
import { podsReach } from '../../stages/cluster/pods-reach.js';
import { lookVerified } from '../../stages/cluster/verified.js';
import type { Missing, VerifiedSeen } from '../../stages/cluster/verified.js';
import { VERIFY, VERIFY_LATENCY, VERIFY_PODS } from '../../stages/index.js';
import { verifyText } from '../../ui/verify-text.js';
import type { PodsCell, VerifyResult } from '../../ui/verify-text.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';

interface VerifyOptions extends RoomOptions {
  readonly latency: boolean;
}

/** `kmon verify`: 0 when nothing is missing, `not-verified` otherwise. */
export function verify(io: Io, options: VerifyOptions): Promise<number> {
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
    // Behind the pods, which would begin later on a machine that is loaded.
    const loaded = ready.filter(({ role }) => role === 'child');
    const measured =
      options.latency && loaded.length > 0
        ? await app.run(planFor('verify', room, VERIFY_LATENCY, loaded), {
            parentMayFail: true,
            quiet: (report) => report.failure?.code !== 'interrupted',
          })
        : undefined;
    if (measured?.failure?.code === 'interrupted') return exitCodeOf(measured);
    const result = resultOf(app.profile, { about, ready, seen, tried, measured });
    app.view.result(verifyText(result), result);
    return result.missing.length === 0 ? 0 : EXIT_CODES['not-verified'];
  };
  return withApp(io, 'verify', options, work, { asksProfile: () => true });
}

interface Seen {
  readonly about: readonly Machine[];
  readonly ready: readonly Machine[];
  readonly seen: VerifiedSeen;
  /** What pods on these could do. */
  readonly tried: RunReport | undefined;
  /** How soon a load showed; absent: nobody asked. */
  readonly measured: RunReport | undefined;
}

function resultOf(profile: ProfileDecision, { about, ready, seen, tried, measured }: Seen): VerifyResult {
  const pods = new Map(ready.map(({ name }) => [name, podsOf(name, tried)]));
  const withoutNetwork = [...pods].flatMap(([what, { state, missing }]): readonly Missing[] =>
    state === 'reach' || missing === undefined ? [] : [{ what, ...missing }],
  );
  const decided = profileText(profile);
  const delays = new Map(
    measured === undefined
      ? []
      : ready
          .filter(({ role }) => role === 'child')
          .map(({ name }) => [name, latencyOf(name, measured)] as const),
  );
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
        ...(measured === undefined ? {} : { latencySeconds: delays.get(name)?.seconds ?? null }),
      };
    }),
    targets: { up: seen.targets.filter((t) => t.health === 'up').length, all: seen.targets.length },
    checks: seen.health,
    missing: [
      ...seen.missing,
      ...withoutNetwork,
      ...[...delays].flatMap(([what, { missing }]) => (missing === undefined ? [] : [{ what, ...missing }])),
    ],
    notes: [
      ...(decided === undefined ? [] : [decided]),
      ...seen.notes,
      ...[...delays.values()].flatMap(({ note }) => note ?? []),
    ],
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

interface LatencyOf {
  readonly seconds?: number;
  readonly missing?: Omit<Missing, 'what'>;
  readonly note?: string;
}

function latencyOf(machine: string, measured: RunReport): LatencyOf {
  const tried = measured.seen.of(latency).get(machine);
  switch (tried?.state) {
    case 'seen':
      return { seconds: tried.seconds };
    case 'unseen':
      return {
        missing: {
          because: `a load on it did not show in Prometheus within ${tried.withinSeconds} s`,
          fix: 'look whether its exporter answers in time (`kmon top`), and whether its clock is right (`kmon check`)',
        },
      };
    case 'untried':
      return { note: `how soon a load shows on ${machine} was not measured: ${tried.because}` };
    case undefined: {
      const error = measured.setAside.find((one) => one.machine === machine)?.error ?? measured.failure;
      return {
        note: `how soon a load shows on ${machine} was not measured: ${error?.message ?? 'no answer'}`,
      };
    }
  }
}
