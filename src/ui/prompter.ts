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
