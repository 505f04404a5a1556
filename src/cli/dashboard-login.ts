import { existsSync } from 'node:fs';
import { teacherTokenFile } from '../addons/dashboard/names.js';
import { lifeOf } from '../cluster/token-life.js';
import type { Config } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import { textOf } from '../here/private-files.js';
import { readPasswordFile } from '../transport/private-file.js';
import { untilText } from './teams-text.js';

/** What is told of the teacher's token. */
export interface DashboardLogin {
  /** Absent: it is not on this computer. */
  readonly tokenFile?: string;
  /** Only where somebody wants to see it. */
  readonly token?: string;
  /** Until when it is good, or was (RFC 3339). */
  readonly until?: string;
  readonly isOver?: true;
}

const MAKES_ONE = 'run `kmon addon add dashboard`, which makes one for this computer';

/**
 * @param show the token itself is wanted
 * @param now in milliseconds since the epoch
 * @throws KmonError `precondition` where it is wanted, and is not on this computer or opens nothing any more
 */
export async function dashboardLogin(
  config: Pick<Config, 'stateDir'>,
  show: boolean,
  now: number,
): Promise<DashboardLogin> {
  const file = teacherTokenFile(config);
  if (!existsSync(file)) {
    if (show)
      throw new KmonError('precondition', "the teacher's token is not on this computer", { hint: MAKES_ONE });
    return {};
  }
  const token = show
    ? (await readPasswordFile(file, "file with the teacher's token")).reveal()
    : ((await textOf(file)) ?? '');
  const life = lifeOf(token.trim());
  const until = life === undefined ? {} : { until: new Date(life.until).toISOString() };
  if (life !== undefined && life.until > now)
    return { tokenFile: file, ...until, ...(show ? { token } : {}) };
  if (show)
    throw new KmonError(
      'precondition',
      until.until === undefined
        ? `what is in ${file} is no token`
        : `the teacher's token is over: it was good until ${untilText(until.until)}`,
      { hint: MAKES_ONE },
    );
  return { tokenFile: file, ...until, isOver: true };
}

export function dashboardLoginText({ tokenFile, token, until, isOver }: DashboardLogin): string {
  if (tokenFile === undefined)
    return 'to sign in: a token; `kmon addon add dashboard` makes one for this computer';
  if (isOver === true || until === undefined)
    return `to sign in: a token; the one in ${tokenFile} is over, \`kmon addon add dashboard\` makes a new one`;
  const good = `good until ${untilText(until)}`;
  return token === undefined
    ? `to sign in: the token in ${tokenFile}, ${good} (--show-password shows it)`
    : `to sign in, ${good}: ${token}`;
}
