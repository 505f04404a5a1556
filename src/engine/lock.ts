import { KmonError } from '../errors/kmon-error.js';
import type { Runner } from '../runner/runner.js';
import { changes, reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';

/** Who holds the room. */
export interface LockOwner {
  readonly run: string;
  readonly command: string;
  /** user@computer of the person. */
  readonly who: string;
  readonly computer: string;
  /** Of this start of that computer, where it tells: two laptops may have the same name. */
  readonly boot?: string;
  readonly pid: number;
  /** ISO time. */
  readonly since: string;
}

/** The same as the parent tells it, by its own clock. */
interface Holder extends LockOwner {
  /** How long the lock is held. */
  readonly heldSeconds: number;
  /** How long ago the holder last showed that it lives. */
  readonly quietSeconds: number;
}

// In /run: a reboot of the parent releases it by itself.
const LOCK = '/run/kmon-room.lock';
const OWNER = `${LOCK}/owner`;

/** What a sign of life is called; it changes nothing that people want to read of. */
export const LOCK_BEAT = "keep the room's lock";

/** A holder shows that it lives this often … */
export const BEAT_MS = 15_000;
/** … and is dead when it has not for so long: six beats, so that a busy Wi-Fi kills nobody. */
const DEAD_AFTER_SECONDS = 90;

/**
 * Takes the room's lock on the parent, so that two people do not change one room at once. `mkdir` is the atomic test. A lock whose owner is
 * dead is taken over: it has not shown itself for a while, or it ran on this same computer and runs no more (`isDead`).
 *
 * @throws KmonError `precondition` that names the holder and how to break the lock.
 */
export async function takeLock(
  parent: Runner,
  owner: LockOwner,
  o: { readonly force: boolean; readonly isDead: (holder: LockOwner) => boolean },
): Promise<void> {
  const holder = await lockHolder(parent);
  const isDead = holder !== undefined && (holder.quietSeconds > DEAD_AFTER_SECONDS || o.isDead(holder));
  if (holder !== undefined && !o.force && !isDead) throw taken(holder);
  const text = JSON.stringify(owner);
  const command =
    holder === undefined
      ? changes`mkdir ${LOCK} || exit 75; printf '%s\n' ${text} >${OWNER}`
      : takeOver(holder, owner, text);
  await parent.mutate("take the room's lock", withOptions(command, { ok: [0, 75] }));
  if (parent.dryRun) return;
  const now = await lockHolder(parent);
  if (now?.run !== owner.run) throw taken(now);
}

/** A rename is the atomic test here: of two who find the same dead holder, one has his lock, and it is looked at once more whose it was. */
function takeOver(holder: Holder, owner: LockOwner, text: string): Command<'changes'> {
  const aside = `${LOCK}.${owner.run}`;
  const was = holder.run === '?' ? changes`:` : changes`grep -qsF ${runMark(holder.run)} ${`${aside}/owner`}`;
  return changes`mv -T ${LOCK} ${aside} 2>/dev/null || exit 75
if ! ${was}; then mv -T ${aside} ${LOCK}; exit 75; fi
rm -rf ${aside}; mkdir ${LOCK} || exit 75; printf '%s\n' ${text} >${OWNER}`;
}

/**
 * Shows that the holder lives. Rejects with KmonError `precondition` when somebody else has the lock now; with that of the connection when it
 * is lost, which proves nothing.
 */
export async function beatLock(parent: Runner, run: string): Promise<void> {
  try {
    await parent.mutate(
      LOCK_BEAT,
      withOptions(changes`grep -qsF ${runMark(run)} ${OWNER} && touch -c ${OWNER}`, { timeoutMs: BEAT_MS }),
    );
  } catch (error) {
    if (!(error instanceof KmonError) || error.code !== 'command') throw error;
    const holder = await lockHolder(parent);
    if (holder !== undefined) throw taken(holder);
    throw new KmonError('precondition', "the room's lock is gone", {
      hint: 'was the parent restarted meanwhile? run the command again',
    });
  }
}

/**
 * Takes the lock away that a dead run has left, and leaves every other. For a run that changed nothing, and so took none: of those that did,
 * the lock was taken over. Resolves to whether there was one.
 */
export async function sweepLock(
  parent: Runner,
  owner: LockOwner,
  isDead: (holder: LockOwner) => boolean,
): Promise<boolean> {
  const holder = await lockHolder(parent);
  if (holder === undefined || !(holder.quietSeconds > DEAD_AFTER_SECONDS || isDead(holder))) return false;
  await takeLock(parent, owner, { force: false, isDead });
  await releaseLock(parent, owner.run);
  return true;
}

/** Gives the lock back, unless somebody else has taken it over. Never rejects because there is none. */
export async function releaseLock(parent: Runner, run: string): Promise<void> {
  await parent.mutate(
    "release the room's lock",
    changes`if grep -qF ${runMark(run)} ${OWNER} 2>/dev/null; then rm -f ${OWNER}; rmdir ${LOCK}; fi`,
  );
}

function runMark(run: string): string {
  return `"run":${JSON.stringify(run)}`;
}

async function lockHolder(parent: Runner): Promise<Holder | undefined> {
  // The folder was made when the lock was taken; the file is touched at every beat.
  const { stdout } = await parent.query(
    reads`if [ -d ${LOCK} ]; then cat ${OWNER} 2>/dev/null; echo; echo "$(date +%s) $(stat -c %Y ${LOCK}) $(stat -c %Y ${OWNER} 2>/dev/null)"; fi`,
  );
  const [text = '', ...times] = stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (text === '') return undefined;
  const [now = 0, taken = now, beat = taken] = (times.at(-1) ?? '').split(' ').filter(Boolean).map(Number);
  const age = { heldSeconds: Math.max(0, now - taken), quietSeconds: Math.max(0, now - beat) };
  try {
    return { ...(JSON.parse(text) as LockOwner), ...age };
  } catch {
    // Taken a moment ago, or by somebody who died in that moment.
    const since = /^\d/.test(text) ? ageOfNobody(text) : age;
    return { run: '?', command: '?', who: 'somebody', computer: '?', pid: 0, since: '?', ...since };
  }
}

/** Without a file that says who: the times stand alone. */
function ageOfNobody(times: string): Pick<Holder, 'heldSeconds' | 'quietSeconds'> {
  const [now = 0, taken = now] = times.split(' ').map(Number);
  return { heldSeconds: Math.max(0, now - taken), quietSeconds: Math.max(0, now - taken) };
}

function taken(holder: Holder | undefined): KmonError {
  if (holder === undefined) {
    return new KmonError('precondition', 'the room is in use by somebody else', { hint: HINT });
  }
  const { who, command, run, since, heldSeconds, quietSeconds } = holder;
  return new KmonError(
    'precondition',
    `the room is in use by ${who}: kmon ${command} (run ${run.slice(0, 8)}), since ${since}, ${seconds(heldSeconds)} ago`,
    { evidence: `its last sign of life is ${seconds(quietSeconds)} old`, hint: HINT },
  );
}

const HINT = `wait until that run ends (a dead one is passed over ${DEAD_AFTER_SECONDS} s after its last sign of life), or add --break-lock if it is certainly dead`;

function seconds(count: number): string {
  return count < 120 ? `${count} s` : `${Math.round(count / 60)} min`;
}
