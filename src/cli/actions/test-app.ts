import { planFor } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { testAppAnswers } from '../../stages/cluster/test-app-answers.js';
import type { AnswersSeen } from '../../stages/cluster/test-app-answers.js';
import { REMOVE_TEST_APP, RUN_TEST_APP } from '../../stages/index.js';
import { withoutRelay } from '../../stages/relaying.js';
import { testAppText } from '../../ui/test-app-text.js';
import type { TestAppResult } from '../../ui/test-app-text.js';
import { withApp } from '../app.js';
import type { App, AppOptions } from '../app.js';
import type { Io } from '../io.js';
import { childrenOf } from './join-child.js';

interface TestAppOptions extends AppOptions {
  readonly remove: boolean;
}

/** `kmon test-app`: what was seen is shown also where an answer is missing, which ends with `not-verified`. */
export function testApp(io: Io, options: TestAppOptions): Promise<number> {
  if (options.remove) return remove(io, options);
  return withApp(io, 'test-app', options, work, { installs: true });

  async function work(app: App): Promise<number> {
    const { room } = app.config;
    const made = planFor('test-app', room, RUN_TEST_APP, [room.parent, ...childrenOf(room, [])]);
    const report = await app.run(app.relayed ? made : withoutRelay(made));
    const seen = report.seen.of(testAppAnswers).get(room.parent.name);
    if (options.dryRun === true || seen === undefined || seen.rows.length === 0) return exitCodeOf(report);
    const result = resultOf(seen, room.parent.address);
    app.view.result(testAppText(result), result);
    const code = exitCodeOf(report);
    return code === 0 && result.missing.length > 0 ? EXIT_CODES['not-verified'] : code;
  }
}

function remove(io: Io, options: AppOptions): Promise<number> {
  const plan = ({ config: { room } }: App): Plan => planFor('test-app', room, REMOVE_TEST_APP, [room.parent]);
  return withApp(io, 'test-app', options, async (app) => exitCodeOf(await app.run(plan(app))));
}

function resultOf({ rows, lacks, absent, nodePort }: AnswersSeen, parent: string): TestAppResult {
  return {
    address: nodePort === undefined ? null : `http://${parent}:${nodePort}/`,
    rows,
    missing: [...absent, ...lacks],
  };
}
