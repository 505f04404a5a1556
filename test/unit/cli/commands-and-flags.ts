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

/** Every command, as words: `['lab', 'up']`. */
export async function allCommands(): Promise<readonly (readonly string[])[]> {
  const first = commandsIn(await helpOf());
  const lab = commandsIn(await helpOf(['lab']));
  return [...first.filter((c) => c !== 'lab').map((c) => [c]), ...lab.map((c) => ['lab', c])];
}

/** The long flags of a command. */
export async function flagsOf(command: readonly string[]): Promise<readonly string[]> {
  return [...(await helpOf(command)).matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((m) => m[1] ?? '');
}
