import { readFileSync } from 'node:fs';
import { parseFacts } from '../../../src/facts/parse.js';
import { FACTS_BEGIN, FACTS_END } from '../../../src/facts/script.js';
import type { Facts } from '../../../src/facts/facts.js';

/** Machines of a room: the first two as lab machines printed it, the others put together from what their tools print. */
export type Recorded =
  | 'bare-child'
  | 'parent-of-a-cluster'
  | 'laptop'
  | 'fedora-laptop'
  | 'ubuntu-server'
  | 'ubuntu-desktop'
  | 'debian-ifupdown'
  | 'raspberry-pi';

/** What a machine printed. */
export function recording(name: Recorded): string {
  return readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
}

export function factsOf(name: Recorded): Facts {
  return parseFacts(recording(name), { sentAt: 0, receivedAt: 0 });
}

/** Facts of a machine that tells only this. */
export function told(...lines: readonly string[]): Facts {
  return parseFacts(['', FACTS_BEGIN, ...lines, '', FACTS_END].join('\n'), { sentAt: 0, receivedAt: 0 });
}
