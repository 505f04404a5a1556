import { runProgram } from '../../src/cli/program.js';
import { FakeIo } from '../unit/cli/fake-io.js';

/** The name of every command, as it is typed behind `kmon`. */
export async function commandNames(): Promise<readonly string[]> {
  const names = await Promise.all(
    commandsIn(await helpOf([])).map(async (name) => {
      const below = commandsIn(await helpOf([name]));
      return below.length === 0 ? [name] : below.map((word) => `${name} ${word}`);
    }),
  );
  return names.flat();
}

/** What `kmon` would refuse in a line that begins with it, told for people; nothing of it is done. */
export async function mistakesIn(line: string): Promise<readonly string[]> {
  const words = wordsOf(line);
  const path: string[] = [];
  let help = await helpOf([]);
  while (commandsIn(help).length > 0) {
    const word = words[path.length];
    // `kmon --version`, or a group that is only named.
    if (word === undefined || word.startsWith('-')) break;
    if (!commandsIn(help).includes(word)) return [`${line}: there is no command ${word}`];
    path.push(word);
    help = await helpOf(path);
  }
  const mistakes = mistakesBehind(words.slice(path.length), help);
  if (mistakes.length === 0 && (await exitCodeOf([...words, '--help'])) !== 0) mistakes.push('is refused');
  return mistakes.map((mistake) => `${line}: ${mistake}`);
}

/** The words of a line as the shell sees them, up to where it sends the output elsewhere. */
function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
  const end = words.findIndex((word) => /^(\d*>|\||&&|;|#)/.test(word));
  return words.slice(1, end < 0 ? undefined : end);
}

function mistakesBehind(words: readonly string[], help: string): string[] {
  const mistakes: string[] = [];
  const usage = /^Usage: .*$/m.exec(help)?.[0] ?? '';
  let places = [...usage.matchAll(/<[^>]+>/g)].length;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word.startsWith('-')) {
      const operand = operandOf(word, help);
      if (operand === undefined) mistakes.push(`there is no flag ${word}`);
      else if (operand.startsWith('<') && !isValue(words[i + 1])) mistakes.push(`${word} needs ${operand}`);
      if (operand !== undefined && operand !== '' && isValue(words[i + 1])) i += 1;
      while (operand?.includes('...') === true && isValue(words[i + 1])) i += 1;
    } else {
      places -= 1;
      if (places < 0) mistakes.push(`${word} is too much`);
    }
  }
  return mistakes;
}

function isValue(word: string | undefined): boolean {
  return word !== undefined && !word.startsWith('-');
}

/** What follows a flag, such as `<name>`; empty when nothing does, `undefined` when there is no such flag. */
function operandOf(flag: string, help: string): string | undefined {
  for (const [, flags = '', operand = ''] of help.matchAll(
    /^ {2}((?:-\w, )?(?:--[a-z-]+|-\w))(?: (<[^>]+>|\[[^\]]+\]))?(?: {2}|$)/gm,
  )) {
    if (flags.split(', ').includes(flag)) return operand;
  }
  return undefined;
}

function commandsIn(help: string): readonly string[] {
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].map((m) => m[1] ?? '');
}

async function helpOf(path: readonly string[]): Promise<string> {
  const io = new FakeIo();
  const exitCode = await runProgram([...path, '--help'], io);
  if (exitCode !== 0) throw new Error(`kmon ${path.join(' ')} --help: exit code ${exitCode}`);
  return io.out.raw;
}

async function exitCodeOf(words: readonly string[]): Promise<number> {
  return runProgram(words, new FakeIo());
}
