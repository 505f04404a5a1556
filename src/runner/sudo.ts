import { KmonError } from '../errors/kmon-error.js';
import type { Secret } from '../shell/secret.js';
import type { ExecResult, Transport } from '../transport/transport.js';
import type { Errand } from './errand.js';
import { newMark } from './mark.js';
import { notANode, secondLook, systemOf, systemOfSecondLook } from './other-system.js';
import { ranNothing } from './ran-nothing.js';
import { refusalOf, refused, saidOf } from './sudo-refusals.js';
import { afterMark, sudo, wire } from './wire.js';
import type { Privilege } from './wire.js';

export interface ProbeSudoOptions {
  readonly machine: string;
  /** The user's password for sudo; `undefined`: nobody can be asked. Called only when one is needed. */
  readonly askPassword: () => Promise<Secret | undefined>;
  readonly signal?: AbortSignal;
  /** Done in the same round trip where root needs no password. */
  readonly errand?: Errand;
}

/** PAM waits some seconds after a wrong password; name lookups of sudo may take as long. */
const TIMEOUT_MS = 30_000;

/**
 * The empty file by which sudo remembers that a user has used it (option admin_flag of Debian's and Ubuntu's sudo). It never touches one
 * that is there: so kmon puts one of its own first, tells it by its content even after a crash, and takes it away at the end of a run.
 */
const MARK = '.sudo_as_admin_successful';

/**
 * `sudo` in the same form that the runner uses later: sudoers may allow some commands and not others. On Linux, a root finds out about
 * itself without starting a program. An errand goes to sudo by stdin, since sudo writes arguments into the log of the machine.
 */
const look = (errand: Errand | undefined): string => `${errand?.load ?? ''}
u=; n=root; s=
{ while read -r k _ v _; do if [ "$k" = Uid: ]; then u=$v; break; fi; done </proc/self/status
read -r k </proc/sys/kernel/ostype && read -r v </proc/sys/kernel/osrelease && s="$k $v"; } 2>/dev/null
: "\${u:=$(id -u)}" "\${s:=$(uname -sr)}"
[ "$u" = 0 ] || n=$(id -un)
echo "uid=$u user=$n"
echo "system=$s"
case $s in Linux*-Microsoft) exit 0;; Linux*) ;; Darwin*) sw_vers; exit 0;; *) exit 0;; esac
${errand === undefined ? '[ "$u" = 0 ] && exit 0' : 'if [ "$u" = 0 ]; then eval "$f"; exit; fi'}
command -v sudo >/dev/null || { echo missing; exit 0; }
m="$HOME/${MARK}"
[ -e "$m" ] || echo kmon 2>/dev/null >"$m"
if grep -qsx kmon "$m"; then echo unmarked; fi
${errand === undefined ? ALLOWED : `printf '{\n%s}\n' "$f" | sudo -k -n -- sh`}`;

const ALLOWED = `sudo -k -n -- sh -c : </dev/null 2>&1 && echo allowed
exit 0`;

/**
 * Finds out how commands become root on a machine: in one round trip, in two when a password is needed. A wrong password is not tried
 * again: some systems lock the account.
 *
 * @throws KmonError `no-sudo`, `login-refused` when no command begins, `not-a-node` for a computer that is no Linux, and what the transport throws.
 */
export async function probeSudo(transport: Transport, options: ProbeSudoOptions): Promise<Privilege> {
  try {
    return await probe(transport, options);
  } catch (error) {
    if (error instanceof KmonError && error.code === 'not-a-node') throw error;
    // Best effort: what matters is why there is no sudo.
    await removeMark(transport, 'grep -qsx kmon "$m"').catch(() => undefined);
    throw error;
  }
}

async function probe(transport: Transport, options: ProbeSudoOptions): Promise<Privilege> {
  const { machine } = options;
  const mark = newMark();
  const { errand } = options;
  const { text, stdin } = wire(look(errand), { mode: 'user' }, mark, false);
  const timeoutMs = TIMEOUT_MS + (errand?.command.timeoutMs ?? 0);
  const result = await transport.exec(text, { stdin, timeoutMs, ...signalOf(options) });
  const output = afterMark(result.stdout, mark);
  const kept = output === undefined ? undefined : errand?.keep({ ...result, stdout: output });
  const said = kept?.said ?? output;
  if (said === undefined) throw (await notLinux(transport, options, result)) ?? ranNothing(machine, result);
  const other = systemOf(said);
  if (other !== undefined) throw notANode(machine, other);
  const user = /^uid=\d+ user=(\S*)/m.exec(said)?.[1] ?? 'the user';
  if (/^uid=0 /m.test(said)) return { mode: 'root' };
  if (/^missing$/m.test(said)) {
    throw new KmonError('no-sudo', `sudo is not installed, and ${user} is not root`, {
      machine,
      hint: `install sudo on ${machine} and let ${user} use it (as root: apt-get install sudo; adduser ${user} sudo)`,
    });
  }
  const firstTime = /^unmarked$/m.test(said) ? { leavesMark: true as const } : {};
  if (kept?.done === true || /^allowed$/m.test(said)) return { mode: 'nopasswd', ...firstTime };
  let complaint = `${said}${afterMark(result.stderr, mark) ?? ''}`;
  let form: { readonly terminal?: true } = {};
  if (refusalOf(complaint) === 'needs-terminal') {
    form = { terminal: true };
    const again = await tryWithTerminal(transport, options);
    if (again === 'allowed') return { mode: 'nopasswd', ...firstTime, ...form };
    // No perl, no terminal: then it is still sudo's wish that stands in the way.
    complaint = again.said ?? complaint;
  }
  const refusal = refusalOf(complaint);
  if (refusal !== 'password-needed') throw refused({ machine, user }, complaint);

  const password = await options.askPassword();
  if (password === undefined) {
    const line = saidOf(complaint);
    throw new KmonError(
      'no-sudo',
      `sudo asks for the password of ${user}, and there is no terminal to ask on`,
      {
        machine,
        ...(line === undefined ? {} : { evidence: line }),
        hint: 'run kmon in a terminal, or name a sudoPasswordFile (chmod 600) in kmon.yaml',
      },
    );
  }
  await verify(transport, options, user, password, form);
  return { mode: 'password', password, ...firstTime, ...form };
}

/** What sudo says to a command that has a terminal, though none of the three streams is it. */
async function tryWithTerminal(
  transport: Transport,
  options: ProbeSudoOptions,
): Promise<'allowed' | { readonly said?: string }> {
  const mark = newMark();
  const result = await transport.exec(`exec ${sudo('-n', { terminal: true })}sh -c 'echo ${mark}'`, {
    timeoutMs: TIMEOUT_MS,
    ...signalOf(options),
  });
  if (afterMark(result.stdout, mark) !== undefined) return 'allowed';
  return [126, 127].includes(result.exitCode) ? {} : { said: result.stderr };
}

/** Removes what sudo left of its first use, as the user. Every later sudo would leave it again: call it when the last one is over. */
export async function removeSudoMark(transport: Transport, privilege: Privilege): Promise<void> {
  if (privilege.mode === 'root' || privilege.mode === 'user' || privilege.leavesMark !== true) return;
  // Empty: another run of kmon has taken its mark away meanwhile, and the next sudo of this run left the usual one.
  await removeMark(transport, 'grep -qsx kmon "$m" || [ ! -s "$m" ]');
}

async function removeMark(transport: Transport, condition: string): Promise<void> {
  const script = `m="$HOME/${MARK}"; if ${condition}; then rm -f -- "$m"; fi`;
  const { text, stdin } = wire(script, { mode: 'user' }, newMark(), false);
  await transport.exec(text, { stdin, timeoutMs: TIMEOUT_MS });
}

async function verify(
  transport: Transport,
  options: ProbeSudoOptions,
  user: string,
  password: Secret,
  form: { readonly terminal?: true },
): Promise<void> {
  const { machine } = options;
  const mark = newMark();
  // Not by `wire`: behind a wrong password sudo would take the next line of stdin for another try.
  const result = await transport.exec(`exec ${sudo("-S -p ''", form)}sh -c 'echo ${mark}'`, {
    stdin: [password, '\n'],
    timeoutMs: TIMEOUT_MS,
    ...signalOf(options),
  });
  if (afterMark(result.stdout, mark) !== undefined) return;
  const clean = result.stderr.replaceAll(password.reveal(), '***');
  throw refused({ machine, user }, clean);
}

/** The script did not begin: one more look tells whether the computer is one that has no `sh`. */
async function notLinux(
  transport: Transport,
  options: ProbeSudoOptions,
  first: ExecResult,
): Promise<KmonError | undefined> {
  const result = await transport.exec(secondLook(first.stderr), {
    timeoutMs: TIMEOUT_MS,
    ...signalOf(options),
  });
  const system = systemOfSecondLook(result.stdout);
  return system === undefined ? undefined : notANode(options.machine, system);
}

function signalOf(options: ProbeSudoOptions): { readonly signal?: AbortSignal } {
  return options.signal === undefined ? {} : { signal: options.signal };
}
