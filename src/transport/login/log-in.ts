import type { Duplex } from 'node:stream';
import { KmonError } from '../../errors/kmon-error.js';
import { quote } from '../../shell/quote.js';
import type { Secret } from '../../shell/secret.js';
import { hostKeyAlgorithms } from '../host-keys/algorithms.js';
import type { HostKeyCheck } from '../host-keys/host-keys.js';
import { unlock } from './identities.js';
import type { Identities } from './identities.js';
import { loginWords } from './words.js';
import type { ResolvedLogin } from './resolved-login.js';
import { readPasswordFile } from '../private-file.js';
import { dial } from '../ssh.js';
import type { Dialled } from '../ssh.js';
import type { Offer } from './offers.js';
import type { SshConnection } from '../ssh-connection.js';

export interface LogInOptions {
  readonly machine: string;
  readonly login: ResolvedLogin;
  readonly hostKey: HostKeyCheck;
  /** What there is to show. Rejects with KmonError `config` when the key that kmon.yaml names cannot be used. */
  readonly identities: () => Promise<Identities>;
  readonly connectTimeoutMs: number;
  /** Asks the person, each thing once (`key` says which); `undefined`: nobody there. */
  readonly ask: (key: string, question: string) => Promise<Secret | undefined>;
  /** A fresh stream to the machine for each attempt, when it is reached through another one. */
  readonly stream?: () => Promise<Duplex>;
  /** Bounds how many handshakes are under way; not held while a question is open. */
  readonly inSlot: <T>(work: () => Promise<T>) => Promise<T>;
  readonly signal?: AbortSignal;
}

type Refused = Extract<Dialled, { readonly kind: 'refused' }>;

/**
 * Logs in with what needs no question, then with keys whose passphrase is asked, then with the password; each of them is shown to the
 * machine once. A question is asked between two attempts, so that a slow answer cannot break a handshake.
 *
 * @throws KmonError `login-refused` with what was tried, and all that `dial` throws.
 */
export async function logIn(options: LogInOptions): Promise<SshConnection> {
  const { login, ask } = options;
  const identities = await options.identities();
  const written: Offer[] =
    login.passwordFile === undefined ? [] : [await passwordFromFile(login.passwordFile)];
  const shown = new Set<Offer>();
  const unanswered: string[] = [];

  const attempt = async (offers: readonly Offer[]): Promise<Dialled> => {
    // The way through a jump host first: its own handshake needs a slot as well.
    const stream = await options.stream?.();
    const result = await options.inSlot(() => connect(options, offers, stream));
    if (result.kind === 'refused') for (const offer of result.tried) shown.add(offer);
    return result;
  };

  let answer = await attempt([...identities.ready, ...written]);
  if (answer.kind === 'connected') return answer.connection;

  if (takesKeys(answer) && identities.locked.length > 0) {
    const opened: Offer[] = [];
    for (const key of identities.locked) {
      const offer = await unlock(key, ask);
      if (offer === undefined) unanswered.push(`the passphrase of ${key.file}`);
      else opened.push(offer);
    }
    if (opened.length > 0) answer = await attempt(opened);
    if (answer.kind === 'connected') return answer.connection;
  }

  if (takesPassword(answer)) {
    const password = written[0] ?? (await askedPassword(login, ask));
    if (password === undefined) unanswered.push(`the password of ${login.user}`);
    // Not again: a password that was refused once is never sent a second time.
    else if (!shown.has(password)) {
      answer = await attempt(answer.partial ? [...identities.ready, password] : [password]);
      if (answer.kind === 'connected') return answer.connection;
    }
  }
  throw refused(options.machine, login, identities, shown, unanswered, answer);
}

function connect(
  options: LogInOptions,
  offers: readonly Offer[],
  stream: Duplex | undefined,
): Promise<Dialled> {
  const { machine, login, hostKey, connectTimeoutMs } = options;
  return dial(
    {
      machine,
      host: login.host,
      port: login.port,
      user: login.user,
      offers,
      hostKeyAlgorithms: hostKeyAlgorithms(hostKey.types(), login.hostKeyAlgorithms),
      judgeHostKey: (key) => hostKey.judge(key),
      connectTimeoutMs: login.connectTimeoutMs ?? connectTimeoutMs,
      ...(login.bindAddress === undefined ? {} : { localAddress: login.bindAddress }),
      ...(login.addressFamily === undefined ? {} : { family: login.addressFamily }),
      ...(stream === undefined ? {} : { stream }),
    },
    options.signal,
  );
}

/** It hung up at the first key (MaxAuthTries) and told nothing: another attempt asks it first. */
function unheard(answer: Refused): boolean {
  return answer.methods.length === 0;
}

function takesKeys(answer: Refused): boolean {
  return unheard(answer) || answer.methods.includes('publickey');
}

function takesPassword(answer: Refused): boolean {
  return (
    unheard(answer) || answer.methods.includes('password') || answer.methods.includes('keyboard-interactive')
  );
}

async function passwordFromFile(file: string): Promise<Offer> {
  return {
    kind: 'password',
    label: `the password in ${file}`,
    password: await readPasswordFile(file, 'password file'),
  };
}

/** One password for all machines of the same user: a class has one. */
async function askedPassword(login: ResolvedLogin, ask: LogInOptions['ask']): Promise<Offer | undefined> {
  const password = await ask(
    `password ${login.user}`,
    `password of ${login.user} on the machines (first asked by ${login.host})`,
  );
  return password === undefined ? undefined : { kind: 'password', label: 'the password', password };
}

function refused(
  machine: string,
  login: ResolvedLogin,
  identities: Identities,
  shown: ReadonlySet<Offer>,
  unanswered: readonly string[],
  answer: Refused,
): KmonError {
  const tried = [...shown].map((offer) => offer.label);
  const words = loginWords(answer.said, { machine, user: login.user });
  const notes = [
    ...(answer.said === '' ? [] : [answer.said.replaceAll('\n', '; ')]),
    ...(answer.methods.length === 0 ? [] : [`the machine takes: ${answer.methods.join(', ')}`]),
    ...unanswered.map((what) => `nobody answered for ${what}`),
    ...identities.notes,
  ];
  return new KmonError(
    'login-refused',
    words === undefined
      ? `${login.host} refuses to let ${login.user} in (${tried.length === 0 ? 'there was nothing to show' : `tried: ${tried.join(', ')}`})`
      : `${login.host} ${words.message}`,
    {
      machine,
      ...(notes.length === 0 ? {} : { evidence: notes.join('; ') }),
      hint: words?.hint ?? remedy(login, shown, unanswered),
    },
  );
}

/** sshd says no to all of these in the same way, and the reason to its log alone. */
const ALIKE =
  'if that is right, read the log of its SSH server (sudo journalctl -u ssh): it alone tells a login shell that does not exist, a locked or expired account, and AllowUsers';

function remedy(login: ResolvedLogin, shown: ReadonlySet<Offer>, unanswered: readonly string[]): string {
  const target = `${login.port === 22 ? '' : `-p ${login.port} `}${quote(`${login.user}@${login.host}`)}`;
  const kinds = new Set([...shown].map((offer) => offer.kind));
  if (unanswered.length > 0) {
    const answered =
      'run kmon in a terminal that can ask, load the key into the agent (ssh-add), or name a passwordFile in kmon.yaml';
    return kinds.size === 0 ? answered : `${answered}; ${ALIKE}`;
  }
  if (kinds.has('password')) return `check user and password by hand (ssh ${target}); ${ALIKE}`;
  if (kinds.size > 0) return `let your key in there (ssh-copy-id ${target}); ${ALIKE}`;
  return 'make a key (ssh-keygen -t ed25519), let it in there (ssh-copy-id) and name it as `key` in kmon.yaml';
}
