/**
 * What a machine says in a login besides yes and no: what PAM tells a user whom it turns away, and why it hangs up. Not the banner that
 * everybody gets before anything was judged (sshd's `Banner`).
 */
export interface LoginTalk {
  banner(text: string): void;
  /** The machine has judged something: what it says from here on is about this login. */
  judged(): void;
  /** Instructions and questions of keyboard-interactive: PAM puts its words before a question of its own. */
  asks(instructions: string, questions: readonly string[]): void;
  hangsUp(reason: string): void;
  /** In its own words, a line each; empty when it said nothing. */
  readonly said: string;
}

/** Whoever talks longer is not telling a reason. */
const MAX_LENGTH = 500;

export function loginTalk(): LoginTalk {
  const lines = new Set<string>();
  let judged = false;
  const add = (text: string): void => {
    for (const line of text.split(/[\r\n]+/)) if (line.trim() !== '') lines.add(line.trim());
  };
  return {
    banner(text) {
      if (judged) add(text);
    },
    judged() {
      judged = true;
    },
    asks(instructions, questions) {
      add(instructions);
      for (const question of questions) add(question.replace(/[^\n]*$/, ''));
    },
    hangsUp: add,
    get said() {
      return [...lines].join('\n').slice(0, MAX_LENGTH);
    },
  };
}
