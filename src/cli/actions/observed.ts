import type { ObservedSeen } from '../../findings/sight.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Observed } from '../../room/machine.js';
import type { RoomNetwork } from '../../computers/computer.js';
import { closeExporter, lookAtOther, openExporter } from '../../computers/changes.js';
import type { App } from '../app.js';

/**
 * Looks at the computers that are only observed, all at once, without a question and without a trace. One whose SSH is closed, or that
 * runs a Linux, tells nothing: that is no finding.
 */
export async function lookAtObserved(
  app: App,
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

/** Opens the exporters' ports for the room; resolves to what failed, each of it told. */
export async function openObserved(
  app: App,
  observed: readonly Observed[],
  network: (computer: Observed) => RoomNetwork,
): Promise<readonly KmonError[]> {
  const failures = await Promise.all(
    observed.map(async (computer) => {
      try {
        const other = await app.other(computer, 'asking');
        if (other !== undefined) await openExporter(other, computer, network(computer));
        return [];
      } catch (error) {
        if (!(error instanceof KmonError)) throw error;
        const why = [error.message, error.evidence, error.hint].filter((text) => text !== undefined);
        app.tell({ type: 'note', machine: computer.name, text: why.join('; ') });
        return [error];
      }
    }),
  );
  return failures.flat();
}

/** Takes back what `openObserved` ever did, found by kmon's tag alone. Asks for a password only where there is something to take back. */
export async function closeObserved(
  app: App,
  observed: readonly Observed[],
  dryRun: boolean,
): Promise<readonly KmonError[]> {
  const failures = await Promise.all(
    observed.map(async (computer) => {
      const note = (text: string): void => {
        app.tell({ type: 'note', machine: computer.name, text });
      };
      try {
        const seen = await app.other(computer, 'silent');
        if (seen === undefined) return [];
        const { opened } = await lookAtOther(seen, computer);
        if (dryRun) {
          if (opened) note('would be changed: the port of its exporter is closed again');
          return [];
        }
        // On Windows a rule of kmon's may be for a port that kmon.yaml named before.
        if (seen.family === 'macos' && !opened) return [];
        const other = await app.other(computer, 'asking');
        if (other !== undefined && (await closeExporter(other, computer))) note('its firewall is as it was');
        return [];
      } catch (error) {
        if (!(error instanceof KmonError)) throw error;
        const reached = error.code === 'command' || error.code === 'no-sudo';
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

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KmonError && error.code !== 'interrupted') return undefined;
    throw error;
  }
}
