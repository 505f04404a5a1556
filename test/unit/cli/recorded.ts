import type { Command } from '../../../src/cli/command.js';
import { COMMANDS } from '../../../src/cli/commands/index.js';

/** The real commands, but each tells `called` what it was given instead of doing its work, and ends with what that gives back. */
export function recorded(called: (command: string, values: object) => number): readonly Command[] {
  return COMMANDS.map((command) => ({
    ...command,
    understand: (words) => {
      const { values } = command.understand(words);
      return { values, run: async () => called(command.name, values) };
    },
  }));
}
