import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { keepLoad } from '../../../src/cli/keep-load.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { parseLoadRecord } from '../../../src/lesson/load-records.js';
import { PARENT, sampleConfig } from '../../support/sample-room.js';

/** As where the number of the user has no name: in a container, often. */
function hasNoName(): void {
  const asked = vi.spyOn(os, 'userInfo').mockImplementation(() => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    asked.mockRestore();
    syncBuiltinESMExports();
  });
}

const URL_WITH_TOKEN = 'http://web.red:8080/a/?token=hunter2&x=1';

async function kept(): Promise<{ readonly texts: readonly string[]; readonly told: readonly EngineEvent[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-runs-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const told: EngineEvent[] = [];
  await keepLoad(
    { config: sampleConfig({ stateDir: folder }), tell: (event) => void told.push(event) },
    {
      began: new Date(Date.UTC(2026, 10, 30, 9)),
      url: URL_WITH_TOKEN,
      from: PARENT,
      wanted: [10],
      seconds: 30,
      exitCode: 22,
      failure: new KmonError('precondition', `nobody answers at ${URL_WITH_TOKEN}`),
      steps: [],
    },
  );
  const runs = join(folder, 'runs');
  const names = existsSync(runs) ? readdirSync(runs) : [];
  return { texts: names.map((name) => readFileSync(join(runs, name), 'utf8')), told };
}

describe('the record of a load of requests', () => {
  it('has nothing of what is behind the question mark, and is read as it was written', async () => {
    const { texts, told } = await kept();
    const [text = ''] = texts;
    expect(told).toEqual([]);
    expect(text).not.toContain('hunter2');
    expect(parseLoadRecord('a.json', text)).toMatchObject({
      text: 'http://web.red:8080/a/?…',
      end: 'refused',
      why: 'nobody answers at http://web.red:8080/a/?…',
    });
  });

  it('of a user without a name is told not to be kept, and fails nothing', async () => {
    hasNoName();
    expect((await kept()).told).toMatchObject([
      { type: 'note', text: 'no record of this load was kept: uv_os_get_passwd returned ENOENT' },
    ]);
  });
});
