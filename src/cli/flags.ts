/** A flag as data: the command line, the hints and the README's check all read it here. */
export interface Flag {
  /** As commander wants it: "--only <machine...>". */
  readonly flags: string;
  readonly help: string;
}

/** Flags of more than one command. */
export const FLAGS = {
  config: { flags: '-c, --config <file>', help: 'the room (default: ./kmon.yaml)' },
  dryRun: { flags: '--dry-run', help: 'look, print what would be changed, and change nothing' },
  only: { flags: '--only <machine...>', help: 'these machines and no others, by name or address' },
  json: { flags: '--json', help: 'one JSON object a line on stdout' },
  plain: { flags: '--plain', help: 'plain lines, no colours and no live view' },
  yes: { flags: '-y, --yes', help: 'do not ask' },
  breakLock: { flags: '--break-lock', help: 'take the room over from a run that is certainly dead' },
  room: { flags: '--room <name>', help: "the room's name, to confirm a teardown without a terminal" },
} as const satisfies Record<string, Flag>;

/** What those flags come to. */
export interface CommonOptions {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly only?: readonly string[];
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly yes?: boolean;
  readonly breakLock?: boolean;
}
