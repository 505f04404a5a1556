import { KmonError } from '../errors/kmon-error.js';
import { Secret } from '../shell/secret.js';
import { harmlessLine } from './harmless.js';

/**
 * Questions to the person at the keyboard. They appear on stderr, so that stdout stays a result; ask them before the live view starts.
 * Each rejects with KmonError `interrupted` on Ctrl-C, on Ctrl-D and when `signal` is aborted.
 */
export interface Prompter {
  /** What is typed is not shown. May be empty. */
  secret(question: string): Promise<Secret>;
  /** Enter alone means No. */
  confirm(question: string): Promise<boolean>;
  /** Whether exactly `expected` was typed (spaces around it aside). One attempt. */
  typed(question: string, expected: string): Promise<boolean>;
  /** What was typed, without the spaces around it. Enter alone gives `standard`, or nothing. */
  text(question: string, options?: TextOptions): Promise<string>;
  /** One of several, by the arrow keys; the first one is marked at the beginning. */
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
}

export interface TextOptions {
  readonly standard?: string;
  /** The standard stands there to be changed, and is not only taken when nothing is typed. */
  readonly edit?: boolean;
  /** What is wrong with an answer, on one line: it is shown, and the answer can be changed. */
  readonly wrong?: (answer: string) => string | undefined | Promise<string | undefined>;
}

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
}

export interface PrompterOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  readonly signal?: AbortSignal;
}

/**
 * `undefined` where nobody can answer, because stdin or stderr is no terminal: with a pipe a stray line break would be taken for an answer.
 */
export function createPrompter({ stdin, stderr, signal }: PrompterOptions): Prompter | undefined {
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  const context = { input: stdin, output: stderr, ...(signal === undefined ? {} : { signal }) };
  return {
    secret: async (question) => {
      const { password } = await import('@inquirer/prompts');
      return new Secret(await answered(password({ message: harmlessLine(question) }, context)));
    },
    confirm: async (question) => {
      const { confirm } = await import('@inquirer/prompts');
      return answered(confirm({ message: harmlessLine(question), default: false }, context));
    },
    typed: async (question, expected) => {
      const { input } = await import('@inquirer/prompts');
      return (await answered(input({ message: harmlessLine(question) }, context))).trim() === expected;
    },
    text: async (question, { standard, edit = false, wrong } = {}) => {
      const { input } = await import('@inquirer/prompts');
      const asked = input(
        {
          message: harmlessLine(question),
          ...(standard === undefined ? {} : { default: standard }),
          ...(edit ? { prefill: 'editable' as const } : {}),
          validate: async (answer) => {
            const why = await wrong?.(answer.trim());
            return why === undefined ? true : harmlessLine(why);
          },
        },
        context,
      );
      return (await answered(asked)).trim();
    },
    choose: async (question, choices) => {
      const { select } = await import('@inquirer/prompts');
      // By place: the library would compare values to mark one of them.
      const listed = choices.map(({ label }, i) => ({ name: harmlessLine(label), value: i }));
      const place = await answered(select({ message: harmlessLine(question), choices: listed }, context));
      const chosen = choices[place];
      if (chosen === undefined) throw new RangeError('a choice that was not offered');
      return chosen.value;
    },
  };
}

/** The library's own classes are not part of its package; their names are. */
const NO_ANSWER = new Set(['ExitPromptError', 'AbortPromptError', 'CancelPromptError']);

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && NO_ANSWER.has(error.name)) {
      throw new KmonError('interrupted', 'stopped at a question; nothing was changed after it', {
        cause: error,
      });
    }
    throw error;
  }
}
