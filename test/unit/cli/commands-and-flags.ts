import { runProgram } from '../../../src/cli/program.js';
import { FakeIo } from './fake-io.js';

/** What `--help` of a command prints; of kmon itself without a command. */
export async function helpOf(command: readonly string[] = []): Promise<string> {
  const io = new FakeIo();
  const exitCode = await runProgram([...command, '--help'], io);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} --help: exit code ${exitCode}`);
  return io.out.raw;
}

function commandsIn(help: string): readonly string[] {
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].map((m) => m[1] ?? '');
}

/** Words that only stand before another one. */
export const GROUPS: readonly string[] = ['config', 'lab'];

/** Every command, as words: `['lab', 'up']`. */
export async function allCommands(): Promise<readonly (readonly string[])[]> {
  const first = commandsIn(await helpOf());
  const ofGroups = await Promise.all(
    GROUPS.map(async (group) => commandsIn(await helpOf([group])).map((c) => [group, c])),
  );
  return [...first.filter((c) => !GROUPS.includes(c)).map((c) => [c]), ...ofGroups.flat()];
}

/** The long flags of a command. */
export async function flagsOf(command: readonly string[]): Promise<readonly string[]> {
  return [...(await helpOf(command)).matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((m) => m[1] ?? '');
}
