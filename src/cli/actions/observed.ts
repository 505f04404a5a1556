import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { lookAtOther } from '../../computers/look.js';
import type { RoomNetwork } from '../../computers/computer.js';
import { inComputer } from '../../engine/computer-place.js';
import { fileLedger } from '../../engine/file-ledger.js';
import { giveBack } from '../../engine/give-back.js';
import type { GiveBackReport } from '../../engine/give-back.js';
import type { LedgerStore } from '../../engine/ledger.js';
import type { Place } from '../../engine/place.js';
import { ThingsThere, unsatisfied } from '../../engine/things.js';
import type { ErrorCode } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { ObservedSeen } from '../../findings/sight.js';
import { NOTHING_OPENED } from '../../resources/exporter-opening.js';
import type { Json, Reversible } from '../../resources/resource.js';
import type { Observed } from '../../room/machine.js';
import type { OtherRunner } from '../../runner/open-other.js';
import type { Language } from '../../shell/language.js';
import type { PlannedChange } from '../../ui/story.js';
import type { App } from '../app.js';

/** It was reached, or could be, and yet what kmon opened there may still be open. */
const NOT_AS_IT_WAS: readonly ErrorCode[] = ['command', 'no-sudo', 'precondition'];

/** What it takes to work with such computers. */
type Reach = Pick<App, 'config' | 'other' | 'tell'>;

/**
 * Looks at the computers that are only observed, all at once, without a question and without a trace. One whose SSH is closed, or that
 * runs a Linux, tells nothing: that is no finding.
 */
export async function lookAtObserved(
  app: Reach,
  observed: readonly Observed[],
): Promise<ReadonlyMap<string, Pick<ObservedSeen, 'system' | 'look'>>> {
  const seen = await Promise.all(
    observed.map(async (computer): Promise<[string, Pick<ObservedSeen, 'system' | 'look'>]> => {
      const other = await orUndefined(app.other(computer, 'silent'));
      if (other === undefined) return [computer.name, {}];
      const look = await orUndefined(lookAtOther(other, computer));
      return [computer.name, { system: other.system, ...(look === undefined ? {} : { look }) }];
    }),
  );
  return new Map(seen);
}

/** What `openObserved` would do, without a question. A computer that does not answer any more is told, and has nothing planned. */
export async function planObserved(
  app: Reach,
  observed: readonly Observed[],
  network: (computer: Observed) => RoomNetwork,
): Promise<readonly PlannedChange[]> {
  const planned: PlannedChange[] = [];
  await eachTold(app, observed, async (computer) => {
    const { name: machine, exporterPort: port } = computer;
    const other = await app.other(computer, 'silent');
    if (other === undefined) return;
    await inComputer(other, ledgerOf(app, computer), async (place, openingOf) => {
      const opening = openingOf({ port, subnet: network(computer).subnet });
      for (const { thing, state } of unsatisfied(await there(place).look([opening])))
        planned.push({ stage: 'fix', machine, change: thing.describe(state) });
    });
  });
  return planned;
}

/** Opens the exporters' ports for the room; resolves to what failed, each of it told. */
export async function openObserved(
  app: Reach,
  observed: readonly Observed[],
  network: (computer: Observed) => RoomNetwork,
  signal: AbortSignal,
): Promise<readonly KmonError[]> {
  return eachTold(
    app,
    observed,
    async (computer) => {
      const other = await app.other(computer, 'asking');
      if (other === undefined) return;
      await inComputer(other, ledgerOf(app, computer), async (place, openingOf) => {
        const things = there(place);
        const opening = openingOf({ port: computer.exporterPort, subnet: network(computer).subnet });
        const wrong = unsatisfied(await things.look([opening]));
        await things.change(wrong, { stage: 'fix', signal, say: () => undefined });
      });
    },
    signal,
  );
}

/** All at once; resolves to what failed, each of it told, so that one keeps no other from its work. */
async function eachTold(
  app: Reach,
  observed: readonly Observed[],
  work: (computer: Observed) => Promise<void>,
  signal?: AbortSignal,
): Promise<readonly KmonError[]> {
  const failures = await Promise.all(
    observed.map(async (computer) => {
      try {
        await work(computer);
        return [];
      } catch (thrown) {
        const error = failureOf(thrown, signal);
        const why = [error.message, error.evidence, error.hint].filter((text) => text !== undefined);
        app.tell({ type: 'note', machine: computer.name, text: why.join('; ') });
        return [error];
      }
    }),
  );
  return failures.flat();
}

/** @throws what is neither a failure nor Ctrl-C: a defect. */
function failureOf(thrown: unknown, signal?: AbortSignal): KmonError {
  if (thrown instanceof KmonError) return thrown;
  if (signal?.aborted === true && thrown === signal.reason)
    return new KmonError('interrupted', 'stopped by Ctrl-C', { cause: thrown });
  throw thrown;
}

/**
 * Takes back what `openObserved` ever did: by the ledger, and what was opened before there was one by kmon's own mark there. Asks for a
 * password only where there is something to take back.
 */
export async function closeObserved(
  app: Reach,
  observed: readonly Observed[],
  { dryRun, signal }: { readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<readonly KmonError[]> {
  const failures = await Promise.all(
    observed.map(async (computer) => {
      const note = (text: string): void => {
        app.tell({ type: 'note', machine: computer.name, text });
      };
      try {
        const ledger = ledgerOf(app, computer);
        const seen = await app.other(computer, 'silent');
        if (seen === undefined) return [];
        const opened = await isOpened(seen, ledger, computer);
        if (dryRun) {
          if (opened) note('would be changed: the port of its exporter is closed again');
          return [];
        }
        if (!opened && (await ledger.read()).length === 0) return [];
        const other = await app.other(computer, 'asking');
        const report = other === undefined ? [] : await close(other, ledger, computer, signal);
        if (report.some((r) => r.outcome === 'restored')) note('its firewall is as it was');
        const failed = report.filter((r) => r.outcome === 'failed');
        if (failed.length > 0) throw new KmonError('command', failed.map((r) => r.reason ?? r.id).join('; '));
        return [];
      } catch (thrown) {
        const error = failureOf(thrown, signal);
        const reached = NOT_AS_IT_WAS.includes(error.code);
        note(
          reached
            ? `its firewall is not as it was: ${[error.message, error.evidence].filter((t) => t !== undefined).join('; ')}`
            : `not reached (${error.code}): if \`kmon check --fix\` opened its firewall, run \`kmon teardown\` again when it is`,
        );
        return reached ? [error] : [];
      }
    }),
  );
  return failures.flat();
}

/** Whether there is anything of kmon's, noted or not. */
function isOpened(seen: OtherRunner, ledger: LedgerStore, { exporterPort }: Observed): Promise<boolean> {
  return inComputer(seen, ledger, (place, openingOf) =>
    isLeft(place, openingOf({ port: exporterPort, subnet: '' })),
  );
}

async function isLeft<L extends Language>(place: Place<L>, thing: Reversible<Json, L>): Promise<boolean> {
  const [now = null] = await place.states([thing]);
  return thing.restore(NOTHING_OPENED, now) !== 'nothing';
}

/** What was opened before kmon kept ledgers of such computers is noted first, as what it is, and then given back like the rest. */
function close(
  other: OtherRunner,
  ledger: LedgerStore,
  { exporterPort }: Observed,
  signal: AbortSignal,
): Promise<GiveBackReport> {
  return inComputer(other, ledger, async (place, openingOf) => {
    if ((await ledger.read()).length === 0) {
      const thing = openingOf({ port: exporterPort, subnet: '' });
      await there(place).note('give-back', [{ thing, state: NOTHING_OPENED }]);
    }
    return giveBack(place, { say: () => undefined, signal });
  });
}

/** Beside kmon.yaml, since kmon keeps nothing on such a computer. It is of this room by where it lies. */
function ledgerOf({ config }: Reach, { name }: Observed): LedgerStore {
  return fileLedger(join(config.stateDir, 'ledgers', `${name}.jsonl`), name);
}

function there<L extends Language>(place: Place<L>): ThingsThere<L> {
  const run = randomUUID();
  return new ThingsThere(place, () => ({ run }));
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KmonError && error.code !== 'interrupted') return undefined;
    throw error;
  }
}
