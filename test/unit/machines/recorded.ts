import { readFileSync } from 'node:fs';
import { parseFacts } from '../../../src/machines/facts-parse.js';
import type { Facts } from '../../../src/machines/facts.js';

/** What a machine printed. The first two are recordings of lab machines; the laptop is put together from what several tools print. */
export function recording(name: 'bare-child' | 'parent-of-a-cluster' | 'laptop'): string {
  return readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
}

export function factsOf(name: Parameters<typeof recording>[0]): Facts {
  return parseFacts(recording(name), { sentAt: 0, receivedAt: 0 });
}
