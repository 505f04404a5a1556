import { hostname, userInfo } from 'node:os';
import { writePrivateFile } from '../here/private-files.js';
import { ownVersion } from '../here/own-folder.js';
import type { Load } from '../loads/chosen-load.js';
import type { Limit } from '../loads/cut-off.js';
import { keptValues, makeRecord, recordText, runFile } from '../loads/run-record.js';
import type { ChildRecord } from '../loads/run-record.js';
import type { App } from './app.js';
import type { LoadOutcome } from './load-outcomes.js';

interface Run {
  readonly began: Date;
  readonly load: Load;
  readonly limit?: Limit;
  readonly team?: string;
  readonly exitCode: number;
  readonly outcomes: readonly LoadOutcome[];
}

/** Keeps what a load came to in a file beside kmon.yaml. Fails nothing: the load was what was wanted, and it is shown all the same. */
export async function keepRun(app: Pick<App, 'config' | 'tell'>, run: Run): Promise<void> {
  const { config, tell } = app;
  const { began, load, limit, team, exitCode, outcomes } = run;
  try {
    // In here: where the user has no name, asking for it throws.
    const record = makeRecord({
      version: ownVersion(),
      who: { user: userInfo().username, computer: hostname() },
      room: config.room.name,
      began: began.toISOString(),
      ended: new Date().toISOString(),
      exitCode,
      load: {
        model: load.model,
        text: load.text,
        seconds: load.seconds,
        ...(load.cpuPercent === undefined ? {} : { cpuPercent: load.cpuPercent }),
        ...(limit === undefined ? {} : { maxCelsius: limit.celsius }),
        ...(team === undefined ? {} : { team }),
      },
      children: outcomes.map(childRecord),
    });
    await writePrivateFile(runFile(config.stateDir, began), recordText(record));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    tell({ type: 'note', text: `no record of this load was kept: ${why}` });
  }
}

function childRecord({ machine, phases, watched, moments, end, why }: LoadOutcome): ChildRecord {
  const row = watched?.rows.find((r) => r.machine === machine);
  return {
    machine,
    ...(phases === undefined ? {} : { phases: phases.map((phase) => ({ ...phase })) }),
    ...(moments.begins === undefined ? {} : { began: new Date(moments.begins).toISOString() }),
    ...(moments.ends === undefined ? {} : { ended: new Date(moments.ends).toISOString() }),
    before: keptValues(row?.before ?? {}),
    peak: keptValues(row?.peak ?? {}),
    after: keptValues(row?.after ?? {}),
    end,
    why,
  };
}
