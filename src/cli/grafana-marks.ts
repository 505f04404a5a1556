import type { Duplex } from 'node:stream';
import { KmonError } from '../errors/kmon-error.js';
import { tagsOf } from '../observe/stress-marks.js';
import type { StressMark } from '../observe/stress-marks.js';
import type { Secret } from '../shell/secret.js';
import { addAnnotation, askHealth, basicLogin, isHealth, refusalOf } from '../tools/grafana.js';
import { askOver } from '../transport/http-over.js';

/** Grafana answers at once, or is not well. */
const SILENCE_MS = 10_000;

/** So exact is what the answer of a server says of its clock. */
const EXACT_MS = 2000;

/** How Grafana is reached, and as whom. */
export interface GrafanaHere {
  /** A connection each time. */
  readonly connect: () => Promise<Duplex>;
  readonly user: string;
  readonly password: Secret;
  /** This computer's clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Writes the marks into Grafana, by its clock: what it draws is measured by that of the parent, which is the same. The password goes to what has
 * answered as Grafana, and to nothing else.
 *
 * @throws KmonError that says why they are not there, in Grafana's words where it has some
 */
export async function writeMarks(grafana: GrafanaHere, marks: readonly StressMark[]): Promise<void> {
  const asked = grafana.now();
  const health = await askOver(await grafana.connect(), askHealth, SILENCE_MS);
  if (health.status !== 200) throw refused(health.status, health.body);
  if (!isHealth(health.body))
    throw new KmonError('command', 'something answers in its place that is not Grafana');
  const apart = health.date === undefined ? 0 : health.date - (asked + grafana.now()) / 2;
  const shift = Math.abs(apart) < EXACT_MS ? 0 : Math.round(apart);
  const login = basicLogin(grafana.user, grafana.password);
  for (const { part, from, to, text } of marks) {
    const mark = addAnnotation({ from: from + shift, to: to + shift, tags: tagsOf(part), text });
    const { status, body } = await askOver(await grafana.connect(), { ...mark, login }, SILENCE_MS);
    if (status !== 200) throw refused(status, body);
  }
}

function refused(status: number, body: string): KmonError {
  return new KmonError('command', `Grafana answers ${status}: ${refusalOf(body)}`);
}
