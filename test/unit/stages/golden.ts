import { Secret } from '../../../src/shell/secret.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import type { Given } from '../../support/scripted-runner.js';
import type { Played } from './stage-run.js';
import { lookedAt } from './things.js';

/** How the ledger is written is the ledger's own test's matter; what, is shown. */
const NOTE = /^note how /;

/** Longer texts on stdin are told by their length: their own tests hold them to the letter. */
const LONGEST_STDIN = 3000;

/**
 * What was typed on the machines, in order, for people to read: `?` looks, `!` changes. Looks at resources are told by their names (their
 * scripts are held to the letter in the tests of the resources), and what differs from run to run by chance stands under a name.
 */
export function goldenText({ events, journal }: Played): string {
  const plan = events.filter((e): e is Extract<EngineEvent, { type: 'planned' }> => e.type === 'planned');
  const text = ['plan:', ...plan.map((e) => `    ${e.machine}: ${e.change}`), ...journal.map(given), ''].join(
    '\n',
  );
  return text
    .replaceAll(/(bootstrap-token)-[a-z0-9]{6}/g, '$1-IDENTI')
    .replaceAll(/KMON_CHANGE=[0-9a-f]{12} /g, 'KMON_CHANGE=THIS-KMON ')
    .replaceAll(/"at":"[^"]*"/g, '"at":"NOW"')
    .replaceAll(/\/tmp\/kmon-test-\w+/g, '/srv/atelier-1/.kmon');
}

function given({ machine, verb, intent = '', command }: Given): string {
  const { stdin } = command;
  const things = lookedAt(command);
  if (things !== undefined) return [`${machine} ? looks at`, ...things.map(indent)].join('\n');
  const script = NOTE.test(intent) ? [] : [indent(command.script.trim())];
  const input = stdin === undefined ? [] : ['  stdin:', indent(stdinText(stdin))];
  return [`${machine} ${verb === 'query' ? '?' : `! ${intent}`}`, ...script, ...input].join('\n');
}

function stdinText(stdin: Exclude<Given['command']['stdin'], undefined>): string {
  if (stdin instanceof Secret) return '(a secret)';
  if (Buffer.isBuffer(stdin)) return '(bytes)';
  if (typeof stdin === 'object') return `(the file ${stdin.file})`;
  return stdin.length > LONGEST_STDIN ? `(${stdin.length} characters)` : stdin.trimEnd();
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

/** Everything that travelled as a secret, and the secrets within it: what must be nowhere else. */
export function secretsOf(journal: readonly Given[]): readonly string[] {
  const all = journal.flatMap(({ command: { stdin } }) => (stdin instanceof Secret ? [stdin.reveal()] : []));
  const inner = all.flatMap((text) => [
    ...(text.match(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g) ?? []),
    ...[...text.matchAll(/"(?:token-secret|admin-password|token)":"([^"]+)"/g)].map((m) => m[1] ?? ''),
  ]);
  return [...new Set([...all, ...inner])];
}
