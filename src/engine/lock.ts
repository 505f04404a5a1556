import { KmonError } from '../errors/kmon-error.js';
import type { Runner } from '../runner/runner.js';
import { changes, reads, withOptions } from '../shell/command.js';

/** Who holds the room. */
export interface LockOwner {
  readonly run: string;
  readonly command: string;
  /** user@computer of the person. */
  readonly who: string;
  readonly computer: string;
  readonly pid: number;
  /** ISO time. */
  readonly since: string;
}

// In /run: a reboot of the parent releases it by itself.
const LOCK = '/run/kmon-room.lock';

/**
 * Takes the room's lock on the parent, so that two people do not change one room at once. `mkdir` is the atomic test. A lock whose
 * owner ran on this same computer and is dead (`isDead`) is taken over.
 *
 * @throws KmonError `precondition` that names the holder and how to break the lock.
 */
export async function takeLock(
  parent: Runner,
  owner: LockOwner,
  o: { readonly force: boolean; readonly isDead: (holder: LockOwner) => boolean },
): Promise<void> {
  const holder = await lockHolder(parent);
  if (holder !== undefined && !o.force && !o.isDead(holder)) throw taken(holder);
  const text = JSON.stringify(owner);
  const command =
    holder === undefined
      ? changes`mkdir ${LOCK} || exit 75; printf '%s\n' ${text} >${`${LOCK}/owner`}`
      : changes`mkdir -p ${LOCK}; printf '%s\n' ${text} >${`${LOCK}/owner`}`;
  await parent.mutate("take the room's lock", withOptions(command, { ok: [0, 75] }));
  if (parent.dryRun) return;
  const now = await lockHolder(parent);
  if (now?.run !== owner.run) throw taken(now);
}

/** Gives the lock back, unless somebody else has taken it over. Never rejects because there is none. */
export async function releaseLock(parent: Runner, run: string): Promise<void> {
  const mine = `"run":${JSON.stringify(run)}`;
  await parent.mutate(
    "release the room's lock",
    changes`if grep -qF ${mine} ${`${LOCK}/owner`} 2>/dev/null; then rm -f ${`${LOCK}/owner`}; rmdir ${LOCK}; fi`,
  );
}

async function lockHolder(parent: Runner): Promise<LockOwner | undefined> {
  const result = await parent.query(reads`cat ${`${LOCK}/owner`} 2>/dev/null || true`);
  const text = result.stdout.trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as LockOwner;
  } catch {
    return { run: '?', command: '?', who: 'somebody', computer: '?', pid: 0, since: '?' };
  }
}

function taken(holder: LockOwner | undefined): KmonError {
  const who =
    holder === undefined ? 'somebody else' : `${holder.who} (${holder.command}, since ${holder.since})`;
  return new KmonError('precondition', `the room is in use by ${who}`, {
    hint: 'wait until that run ends, or add --break-lock if it is certainly dead',
  });
}
