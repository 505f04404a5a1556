import { KmonError } from '../../errors/kmon-error.js';
import { thisPlatform } from '../../here/platform/this-platform.js';
import { loadIdentities } from '../../transport/login/identities.js';
import type { Identities } from '../../transport/login/identities.js';
import { resolveLogin } from '../../transport/login/resolved-login.js';
import type { ResolvedLogin, Surroundings } from '../../transport/login/resolved-login.js';
import { keysOfAgent } from '../../transport/ssh.js';
import type { Seen } from './seen.js';

/** A name that no network has: what is asked is what the configuration says for all hosts (RFC 2606). */
const ANY_HOST = 'host.invalid';

/** The ssh configuration, the agent and the keys by which machines would let the person in. Dials nobody. */
export async function seeLogins(around: Surroundings): Promise<readonly Seen[]> {
  let login: ResolvedLogin;
  try {
    login = resolveLogin({ host: ANY_HOST }, around);
  } catch (error) {
    if (!(error instanceof KmonError)) throw error;
    return [
      {
        what: 'ssh configuration',
        state: 'lacks',
        found: error.message,
        ...(error.hint === undefined ? {} : { fix: error.hint }),
      },
    ];
  }
  const identities = await loadIdentities(login);
  const agent = await seeAgent(login.agentSocket);
  return [
    { what: 'ssh configuration', state: 'good', found: 'can be read' },
    agent.seen,
    seeKeys(identities, agent.keys),
  ];
}

async function seeAgent(socket: string | undefined): Promise<{ readonly keys: number; readonly seen: Seen }> {
  const what = 'ssh agent';
  if (socket === undefined)
    return { keys: 0, seen: { what, state: 'good', found: 'there is none, and none is needed' } };
  try {
    const keys = await keysOfAgent(socket);
    return { keys, seen: { what, state: 'good', found: keys === 1 ? 'has one key' : `has ${keys} keys` } };
  } catch {
    const own = socket === thisPlatform.usualAgent;
    return {
      keys: 0,
      seen: own
        ? { what, state: 'good', found: 'that of Windows does not run, and none is needed' }
        : {
            what,
            state: 'less',
            found: `there is none at ${socket}`,
            fix: 'start it, or take it out of the environment (SSH_AUTH_SOCK) and the ssh configuration',
          },
    };
  }
}

function seeKeys({ ready, locked, notes }: Identities, inAgent: number): Seen {
  const what = 'keys';
  const files = ready.filter(({ kind }) => kind === 'key').length;
  const passedOver = notes.length === 0 ? '' : `; ${notes.join('; ')}`;
  if (files + inAgent + locked.length > 0) {
    const asked = locked.length === 0 ? '' : `, ${locked.length} with a passphrase that is asked for`;
    return {
      what,
      state: notes.length === 0 ? 'good' : 'less',
      found: `${files + inAgent} without a question${asked}${passedOver}`,
    };
  }
  return {
    what,
    state: 'less',
    found: `none: every machine asks for a password${passedOver}`,
    fix: 'make one (ssh-keygen -t ed25519), and let it in on each machine',
  };
}
