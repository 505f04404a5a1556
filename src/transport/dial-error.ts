import { KmonError } from '../errors/kmon-error.js';
import { loginWords } from './login/words.js';
import type { Guest } from './login/words.js';

/** How far a connection came before it failed: TCP, then SSH's own handshake, then the login. */
export type DialPhase = 'connect' | 'handshake' | 'login';

export interface DialPoint {
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  readonly phase: DialPhase;
}

/**
 * What a failed connection means, from the system's error code and how far it came; never from the library's message text, which changes
 * with versions and languages.
 *
 * @param said what came instead of an SSH server's beginning, in its own words
 */
export function dialError(at: DialPoint, error: NodeJS.ErrnoException | undefined, said = ''): KmonError {
  const { message, hint, evidence } = said === '' ? explain(at, error?.code) : notSsh(at, said);
  const line = said !== '' ? said : evidence ? error?.message : undefined;
  return new KmonError('unreachable', message, {
    machine: at.machine,
    hint,
    ...(line === undefined ? {} : { evidence: line }),
    cause: error,
  });
}

/** The machine knows the user, and hangs up: by a rule of PAM's or of its own. `said`: what it says about that, if anything. */
export function turnedAway(guest: Guest & { readonly host: string }, said: string): KmonError {
  const { host, machine, user = 'the user' } = guest;
  const words = loginWords(said, guest);
  return new KmonError(
    'login-refused',
    words === undefined ? `${host} hangs up instead of letting ${user} in` : `${host} ${words.message}`,
    {
      machine,
      ...(said === '' ? {} : { evidence: said }),
      hint:
        words?.hint ??
        `read the log of the SSH server on ${machine} (sudo journalctl -u ssh): a rule for logins there turns ${user} away`,
    },
  );
}

/** The same when nothing came at all within the time there was. */
export function dialTimeout(at: DialPoint, afterMs: number): KmonError {
  const seconds = afterMs / 1000;
  if (at.phase === 'connect') {
    return new KmonError('unreachable', `${place(at)} gives no answer within ${seconds} s`, {
      machine: at.machine,
      hint: `check that ${at.machine} is on and in this network, and that no firewall drops port ${at.port}`,
    });
  }
  return new KmonError(
    'unreachable',
    `${place(at)} is open but its ${at.phase} takes longer than ${seconds} s`,
    {
      machine: at.machine,
      hint:
        at.phase === 'handshake'
          ? `check that port ${at.port} is the one of the SSH server`
          : 'look at the SSH server there (slow name lookups: set `UseDNS no`), or whether the machine is overloaded',
    },
  );
}

interface Explained {
  readonly message: string;
  readonly hint: string;
  /** The error's own text says something that ours does not. */
  readonly evidence?: boolean;
}

function explain(at: DialPoint, code: string | undefined): Explained {
  switch (code) {
    case 'ECONNREFUSED':
      return {
        message: `${place(at)} refuses the connection`,
        hint: `start the SSH server on ${at.machine} (sudo systemctl start ssh), or correct the port`,
      };
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return {
        message: `nobody answers for ${at.host} in this network`,
        hint: `check that ${at.machine} is on, has this address and is in the same network`,
      };
    case 'ENETUNREACH':
      return {
        message: `this computer has no route to ${at.host}`,
        hint: `connect this computer to the network of ${at.machine}`,
      };
    case 'ETIMEDOUT':
      return {
        message: `${place(at)} gives no answer`,
        hint: `check that ${at.machine} is on and in this network, and that no firewall drops port ${at.port}`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return {
        message: `no address is known for the name ${at.host}`,
        hint: `write the IP address of ${at.machine} in kmon.yaml, or a HostName in ~/.ssh/config`,
      };
    case undefined:
    default:
      return unexpected(at);
  }
}

/** A server that takes nobody more for now (MaxStartups, PerSourcePenalties of sshd) says so in place of its beginning. */
function notSsh(at: DialPoint, said: string): Explained {
  return /Exceeded MaxStartups|Not allowed at this time/.test(said)
    ? {
        message: `${place(at)} takes no more logins for now`,
        hint: 'wait a minute, and run the command again',
      }
    : {
        message: `${place(at)} answers, but not as an SSH server`,
        hint: `check that port ${at.port} is the one of the SSH server`,
      };
}

function unexpected(at: DialPoint): Explained {
  if (at.phase === 'connect') {
    return {
      message: `cannot connect to ${place(at)}`,
      hint: 'check address and port',
      evidence: true,
    };
  }
  return {
    message: `${place(at)} ends the connection during the ${at.phase}`,
    hint: `read the SSH server's log on ${at.machine} (sudo journalctl -u ssh)`,
    evidence: true,
  };
}

function place(at: DialPoint): string {
  return `port ${at.port} of ${at.host}`;
}
