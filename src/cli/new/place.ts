/** Where paths of the command line begin. */
export interface Place {
  readonly cwd: string;
  readonly home: string;
}
