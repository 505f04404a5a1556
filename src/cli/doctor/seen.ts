/**
 * One thing that was looked at on this computer: `good`, or `lacks` when no room can be made from here without it, or `less` when something
 * that one may want cannot.
 */
export interface Seen {
  readonly what: string;
  readonly state: 'good' | 'less' | 'lacks';
  /** What is there, or what is not, as a clause. */
  readonly found: string;
  /** What to do about it, in one sentence. */
  readonly fix?: string;
}
