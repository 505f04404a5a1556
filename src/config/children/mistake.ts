import type { Position } from '../mistakes/problems.js';

/** What is wrong in a list, and where. */
export interface ListMistake extends Position {
  readonly text: string;
}

export function at({ line, column }: Position, text: string): ListMistake {
  return { line, column, text };
}
