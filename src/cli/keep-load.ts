import { hostname, userInfo } from 'node:os';
import { loadFile, makeLoadRecord } from '../apps/http-load/load-record.js';
import type { HttpLoadEnd } from '../apps/http-load/load-record.js';
import type { LoadStep } from '../apps/http-load/load-rows.js';
import type { KmonError } from '../errors/kmon-error.js';
import { ownVersion } from '../here/own-folder.js';
import { writePrivateFile } from '../here/private-files.js';
import type { Machine } from '../room/machine.js';
import type { App } from './app.js';

interface Run {
  readonly began: Date;
  /** As it was typed. */
  readonly url: string;
  readonly from: Machine;
  readonly wanted: readonly number[];
  readonly seconds: number;
  readonly exitCode: number;
  readonly failure: KmonError | undefined;
  readonly steps: readonly LoadStep[];
}

/** Keeps what a load came to in a file beside kmon.yaml. Fails nothing: the load was what was wanted, and it is shown all the same. */
export async function keepLoad(app: Pick<App, 'config' | 'tell'>, run: Run): Promise<void> {
  const { config, tell } = app;
  const { began, url, from, wanted, seconds, exitCode, failure, steps } = run;
  try {
    // In here: where the user has no name, asking for it throws.
    const record = makeLoadRecord(
      {
        version: ownVersion(),
        who: { user: userInfo().username, computer: hostname() },
        room: config.room.name,
        began: began.toISOString(),
        ended: new Date().toISOString(),
        exitCode,
        load: { url, from: from.name, steps: wanted, seconds, generator: 'hey' },
        ...endOf(failure, steps),
      },
      steps,
    );
    await writePrivateFile(loadFile(config.stateDir, began), `${JSON.stringify(record, undefined, 2)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    tell({ type: 'note', text: `no record of this load was kept: ${why}` });
  }
}

function endOf(
  failure: KmonError | undefined,
  steps: readonly LoadStep[],
): { readonly end: HttpLoadEnd; readonly why: string } {
  if (failure === undefined) return { end: 'over', why: 'it ended as it was to' };
  const { code, message: why } = failure;
  if (code === 'interrupted') return { end: 'interrupted', why };
  return { end: code === 'precondition' && steps.length === 0 ? 'refused' : 'failed', why };
}
