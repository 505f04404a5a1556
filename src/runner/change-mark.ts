import { randomBytes } from 'node:crypto';
import { quote } from '../shell/quote.js';
import { reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';

/** What the processes of a change have in their environment: by it a change is known that outlived the kmon which began it. */
const NAME = 'KMON_CHANGE';

/** This kmon. Its own changes are no earlier ones, however many of them run at once. */
const OWN = randomBytes(6).toString('hex');

/** A script whose processes tell what they are for. */
export function marked(script: string, intent: string): string {
  return `export ${NAME}=${quote(`${OWN} ${intent.replaceAll('\n', ' ')}`)}\n${script}`;
}

/**
 * Prints a line for each change of another kmon that is still under way on the machine: what it is for. When kmon dies, or its connection
 * breaks, what it began goes on: apt for minutes, others until they write into the broken pipe.
 */
export const otherChanges: Command<'reads'> = reads`grep -hsaz ${`^${NAME}=`} /proc/[0-9]*/environ | tr '\0' '\n' | grep -v ${`^${NAME}=${OWN} `} | sed -n ${`s/^${NAME}=[0-9a-f]* /under way /p`} | sort -u || :`;

/** What `otherChanges` printed, among other lines. */
export function parseOtherChanges(stdout: string): readonly string[] {
  return [...stdout.matchAll(/^under way (.*)$/gm)].map((m) => m[1] ?? '');
}
