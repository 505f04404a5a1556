import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { configPath, shownPath } from '../../config/load.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { surroundings } from '../../transport/login/resolved-login.js';
import { createPrompter } from '../../ui/prompter.js';
import type { Prompter } from '../../ui/prompter.js';
import type { View } from '../../ui/view.js';
import type { Io } from '../io.js';
import { readGiven } from '../new/given.js';
import type { NewOptions } from '../new/given.js';
import { failed, loginOf } from '../new/machines.js';
import { ownNetworks } from '../new/own-networks.js';
import { mayOverwrite, resultData, resultText, roomText } from '../new/outcome.js';
import { agreed } from '../new/questions.js';
import { readExisting, saveRoom } from '../new/save.js';
import { openTrials } from '../new/trials.js';
import { planRoom } from '../new/wizard.js';
import { withView } from '../with-view.js';

/** `kmon new`: asks, tries each machine as it goes, and writes a kmon.yaml for them. */
export function newRoom(io: Io, options: NewOptions): Promise<number> {
  return withView(io, options, (view) => makeRoom(io, options, view));
}

async function makeRoom(io: Io, options: NewOptions, view: View): Promise<number> {
  const prompter = whoAnswers(io, options);
  const file = configPath(options.config, io.cwd);
  const shown = shownPath(file, io.cwd);
  const place = { cwd: io.cwd, home: homedir() };
  const say = (text: string): void => {
    view.handle({ type: 'note', text });
  };
  const given = await readGiven(options, place, prompter !== undefined);
  const existing = await readExisting(file);
  const force = options.force;
  if (existing !== undefined && prompter === undefined && !force) {
    throw new KmonError('usage', `${shown} is there already; it was kept`, {
      hint: 'add --force to overwrite it, or write another file with --config',
    });
  }
  const { childrenFile } = given;
  if (childrenFile !== undefined && !(await agreed(prompter, childrenFile, say))) {
    throw new KmonError('usage', `${childrenFile.shown} was not taken; nothing was written`, {
      hint: `correct ${childrenFile.shown}, or give its columns a title row: address;name;team`,
    });
  }

  const around = surroundings(io.env);
  const trials = options.try
    ? await openTrials({ stateDir: join(dirname(file), '.kmon'), prompter, around, signal: io.signal, say })
    : undefined;
  try {
    const networks = ownNetworks();
    const plan = await planRoom({ given, prompter, trials, around, place, networks, file, say });
    const text = await roomText(plan, given, file, place.home);
    if (existing !== undefined && existing !== text && !force) {
      await mayOverwrite(prompter, shown, [existing, text], say);
    }
    if (io.signal.aborted) throw new KmonError('interrupted', 'stopped by Ctrl-C; nothing was written');
    await saveRoom(file, text, existing !== undefined);
    await trials?.pin(plan.machines.filter((m) => m.look !== undefined).map((m) => loginOf(m, plan.login)));
    view.result(resultText(plan, shown, options.config), resultData(plan, file));
    // Nobody has said that a machine may stay away.
    return prompter === undefined && plan.machines.some(failed) ? EXIT_CODES.partial : 0;
  } finally {
    await trials?.close();
  }
}

/** @throws KmonError `usage` where nobody can be asked, and nobody said that nothing is to be asked. */
function whoAnswers(io: Io, { yes }: Pick<NewOptions, 'yes'>): Prompter | undefined {
  if (yes) return undefined;
  const prompter = createPrompter({ stdin: io.stdin, stderr: io.stderr, signal: io.signal });
  if (prompter !== undefined) return prompter;
  throw new KmonError('usage', 'kmon new asks questions, and there is no terminal to ask on', {
    hint: 'answer by flags: kmon new --yes --parent ADDRESS --children LIST --user NAME',
  });
}
