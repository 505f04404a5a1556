import { reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';
import type { ExecResult } from '../transport/transport.js';
import { askToChange, getRaw } from './kubectl.js';
import type { Kubectl } from './kubectl.js';

/** Something that somebody may try on a cluster; a change is only asked for, see `askToChange`. */
export type ApiAttempt =
  | { readonly verb: 'get'; readonly path: string }
  | { readonly verb: 'create' | 'replace'; readonly path: string; readonly object: object };

/**
 * What came of it. `forbidden`: whoever holds the key has no right to it. `turned-down`: the right is there, and a rule on what is made refuses it.
 * `no-key`: the key is not, or no longer, one of this cluster. `unclear`: neither was said.
 */
export interface AttemptOutcome {
  readonly answer: 'done' | 'forbidden' | 'turned-down' | 'no-key' | 'unclear';
  /** The line of kubectl; empty where there is none. */
  readonly said: string;
}

/**
 * Tries them in order with a kubeconfig that comes by stdin, in one round trip, and changes nothing in the cluster: see `parseAttempts`. The
 * kubeconfig lies in a folder of its own, for as long as this takes.
 */
export function tryWithKubeconfig(
  { binary }: Kubectl,
  kubeconfig: Secret,
  attempts: readonly ApiAttempt[],
): Command<'reads'> {
  const each = attempts.map((attempt) => attemptAlone({ binary, kubeconfig: 'kubeconfig' }, attempt));
  const first = reads`umask 077
folder=$(mktemp -d) && cd "$folder" || exit 1
trap 'cd / && rm -rf -- "$folder"' EXIT
trap 'exit 129' HUP INT TERM
cat >kubeconfig
tell() { printf '%s %s\n' "$1" "$(printf %s "$2" | tr '\n' ' ')"; }`;
  const script = each.reduce(
    (all, one) => reads`${all}
${one}`,
    first,
  );
  return withOptions(script, { stdin: kubeconfig });
}

function attemptAlone(k: Kubectl, attempt: ApiAttempt): Command<'reads'> {
  const command =
    attempt.verb === 'get'
      ? getRaw(k, attempt.path)
      : reads`printf %s ${JSON.stringify(attempt.object)} | ${askToChange(k, attempt.verb, attempt.path)}`;
  return reads`said=$(${command} 2>&1 >/dev/null); tell $? "$said"`;
}

/** One for each attempt, in order. */
export function parseAttempts({ stdout }: ExecResult): readonly AttemptOutcome[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, code = '', rest = ''] = /^(\d+) ?(.*)$/.exec(line) ?? [];
      // What the server warns of stands before the error.
      const said = rest.slice(Math.max(0, rest.search(/(?:Error from server|error:)/i))).trim();
      return { answer: code === '0' ? 'done' : answerIn(said), said };
    });
}

/** Reasons that are only given to whoever has the right: the request had come past the question of rights. */
const PAST_RIGHTS =
  /^Error from server \((?:NotFound|Conflict|Invalid|BadRequest|AlreadyExists|ServiceUnavailable)\)/;

function answerIn(said: string): AttemptOutcome['answer'] {
  if (/\(Unauthorized\)|must be logged in/i.test(said)) return 'no-key';
  if (/\(Forbidden\)/.test(said))
    return /\bcannot \w+ (?:resource|path) /.test(said) ? 'forbidden' : 'turned-down';
  return PAST_RIGHTS.test(said) ? 'done' : 'unclear';
}
