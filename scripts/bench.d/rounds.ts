const MOST_ROUNDS = 50;

/** @throws Error unless it is a whole number that makes sense */
export function roundsOf(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MOST_ROUNDS)
    throw new Error(`--runs takes a whole number from 1 to ${MOST_ROUNDS}, not '${text}'`);
  return number;
}

/** A line of progress. */
export function say(text: string): void {
  process.stderr.write(`bench: ${new Date().toISOString().slice(11, 19)} ${text}\n`);
}
