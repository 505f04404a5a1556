import { fetchFor, laptopScript, lineFor, SCRIPT_PATH } from './script.js';
import type { ScriptFacts } from './script.js';

/** A way in which a computer takes part: by a script that the page names, and the line that runs it. */
export interface Way {
  /** In templates/: the script is all of them, one after the other. */
  readonly templates: readonly string[];
  /** Where the page has it. */
  readonly path: string;
  readonly script: (template: string, facts: ScriptFacts) => string;
  /** What is pasted there. */
  readonly line: (page: string, script: string) => string;
  /** What only fetches the script. */
  readonly fetch: (page: string) => string;
}

/** What both sides say, in sh. */
export const LETTERS = 'enrol/letters.sh';

/** A Linux laptop with an SSH server is a machine of the room as it is: it gets kmon's key. */
export const linux: Way = {
  templates: [LETTERS, 'enrol/laptop.sh'],
  path: SCRIPT_PATH,
  script: laptopScript,
  line: lineFor,
  fetch: fetchFor,
};
