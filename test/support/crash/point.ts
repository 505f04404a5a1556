/** The two commands that change machines for good, and give them back. */
export type Changing = 'up' | 'teardown';

/** One change of a run, told apart from all others of it. */
export interface Step {
  readonly command: Changing;
  /** The stage that makes it; empty where that is chance, as for the lock of the room. */
  readonly stage: string;
  readonly machine: string;
  readonly intent: string;
}

/** A step as a run that nobody disturbed made it. */
export interface TimedStep extends Step {
  readonly ms: number;
}

/** Where in a step kmon is struck: when it begins, so long after that, as soon as a test succeeds on its machine, when it has ended. */
export type When = 'begins' | 'ends' | { readonly afterMs: number } | { readonly until: string };

/**
 * What happens to kmon there: it is killed, it is asked to stop once or twice, or the network cable of the machine that it is at is pulled
 * until it has ended.
 */
export type Blow = 'kill' | 'ctrl-c' | 'ctrl-c twice' | 'cable';

/** A named place in a run, and what happens there. */
export interface Point {
  readonly command: Changing;
  readonly name: string;
  readonly matches: (step: Step) => boolean;
  readonly when: When;
  readonly blow: Blow;
}

/** A line of `kmon --json`. */
export type Line = Readonly<Record<string, unknown>>;

/** A change that takes less is over before it can be struck in its middle. */
const HAS_A_MIDDLE_MS = 300;
const LONGEST_NAME = 60;

/** The same for two runs of one room: what a step is about, without how long it took. */
export function keyOf({ command, stage, machine, intent }: Step): string {
  return [command, stage, machine, intent].join(' | ');
}

/** `join-child: kubeadm join (child-1)`. */
function nameOf({ stage, machine, intent }: Step): string {
  const what = `${stage === '' ? '' : `${stage}: `}${intent}`;
  const short = what.length > LONGEST_NAME ? `${what.slice(0, LONGEST_NAME - 3)}...` : what;
  return `${short} (${machine})`;
}

/** It comes every few seconds, whatever the run is at. */
const SIGN_OF_LIFE = "keep the room's lock";

/** Reads the lines of one run, one after the other, and says of which step a line is the beginning or the end. */
export function stepReader(
  command: Changing,
): (line: Line) => { readonly step: TimedStep; readonly is: 'begin' | 'end' } | undefined {
  return (line) => {
    const { type, machine, durationMs } = line;
    if (typeof machine !== 'string' || typeof line['intent'] !== 'string') return undefined;
    const intent = withoutPlace(line['intent']);
    const is = type === 'command-started' ? 'begin' : type === 'command' ? 'end' : undefined;
    if (is === undefined || intent === SIGN_OF_LIFE) return undefined;
    const ms = typeof durationMs === 'number' ? durationMs : 0;
    // The room's lock is of no stage: whoever comes first takes it.
    const stage = typeof line['stage'] === 'string' ? line['stage'] : '';
    return { step: { command, stage, machine, intent, ms }, is };
  };
}

/** Each lab has a subnet of its own, and each node that joins gets the next range of pods. */
function withoutPlace(intent: string): string {
  return intent.replace(/\b10\.77\.\d+\./g, '10.77.*.').replace(/\b10\.244\.\d+\./g, '10.244.*.');
}

/** Every change of a whole run, in the order of their ends; one that comes again is the same step. */
export function stepsOf(command: Changing, lines: readonly Line[]): readonly TimedStep[] {
  const read = stepReader(command);
  const steps = new Map<string, TimedStep>();
  for (const line of lines) {
    const seen = read(line);
    if (seen?.is === 'end' && !steps.has(keyOf(seen.step))) steps.set(keyOf(seen.step), seen.step);
  }
  return [...steps.values()];
}

/** How many rounds it takes until every step was struck in all its places. */
export const ROUNDS = 3;

/** One kill a step, in another place each round; a step too short to have a middle is left out of the last. */
export function round(steps: readonly TimedStep[], number: number): readonly Point[] {
  return steps.flatMap((step, i) => {
    const middle = { afterMs: Math.round(step.ms / 2) };
    const places: readonly When[] =
      step.ms < HAS_A_MIDDLE_MS ? ['begins', 'ends'] : ['begins', middle, 'ends'];
    const when = places[(i + number) % places.length];
    return when === undefined || number >= places.length ? [] : [pointAt(step, when)];
  });
}

export function pointAt(step: TimedStep, when: When, blow: Blow = 'kill'): Point {
  const key = keyOf(step);
  return {
    command: step.command,
    name: nameOf(step),
    matches: (other) => keyOf(other) === key,
    when,
    blow,
  };
}

/** A place that is known before any run was seen: the step of that stage, on that machine, whose intent matches. */
export function pointNamed(
  step: Omit<Step, 'intent'> & { readonly intent: RegExp },
  when: When,
  blow: Blow = 'kill',
): Point {
  const { command, stage, machine, intent } = step;
  return {
    command,
    name: nameOf({ ...step, intent: intent.source }),
    matches: (other) =>
      other.command === command &&
      other.stage === stage &&
      other.machine === machine &&
      intent.test(other.intent),
    when,
    blow,
  };
}

/** What is struck in a row that has no name: any moment of a run. */
export interface Moment {
  readonly command: Changing;
  readonly atMs: number;
}

/** Numbers between 0 and 1 that are the same for the same seed (mulberry32), so that what was found by chance is found again. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
