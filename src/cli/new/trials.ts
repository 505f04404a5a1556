import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshLogin } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import { firstLook } from '../../runner/first-look.js';
import type { FirstLook } from '../../runner/first-look.js';
import type { Secret } from '../../shell/secret.js';
import { entriesFor } from '../../transport/host-keys/known-hosts.js';
import { pinHostKey, readKnownHosts } from '../../transport/host-keys/pins.js';
import { openPool } from '../../transport/pool.js';
import { resolveLogin } from '../../transport/login/resolved-login.js';
import type { ResolvedLogin, Surroundings } from '../../transport/login/resolved-login.js';
import type { Prompter } from '../../ui/prompter.js';

/** A machine as it is tried: by a name that no other has in the same round. */
export interface Tried {
  readonly name: string;
  readonly login: SshLogin;
}

export type Outcome =
  { readonly name: string; readonly look: FirstLook } | { readonly name: string; readonly error: KmonError };

/** Logging in before there is a kmon.yaml. */
export interface Trials {
  /** All at once; resolves when each has answered or failed. Rejects with KmonError `interrupted`. */
  look(machines: readonly Tried[]): Promise<readonly Outcome[]>;
  /** Pins the host keys that were first seen at these machines, and at the jump hosts before them, in the room's own file. */
  pin(logins: readonly SshLogin[]): Promise<void>;
  /** Removes what was only for the trials; never rejects. */
  close(): Promise<void>;
}

export interface TrialOptions {
  /** `.kmon/` of the room to be. */
  readonly stateDir: string;
  readonly prompter: Prompter | undefined;
  readonly around: Surroundings;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/**
 * Keys are pinned in a folder that goes again, until there is a room to pin them for: an address that was mistyped, or a wizard that
 * was stopped, leaves nothing.
 */
export async function openTrials(o: TrialOptions): Promise<Trials> {
  const staging = await mkdtemp(join(tmpdir(), 'kmon-new-'));
  const pins = join(o.stateDir, 'known_hosts');
  const known = [pins, join(o.around.home, '.ssh/known_hosts')];
  const secrets = new Map<string, Secret>();

  const ask = async (question: string): Promise<Secret | undefined> => {
    // Rounds of trials ask for the same password, each naming the machine that asked first.
    const key = question.replace(/ \(first asked by .*\)$/, '');
    const answer = secrets.get(key) ?? (await o.prompter?.secret(question));
    if (answer !== undefined) secrets.set(key, answer);
    return answer;
  };

  const look = async (machines: readonly Tried[]): Promise<readonly Outcome[]> => {
    const pool = openPool({
      config: {
        logins: Object.fromEntries(machines.map((m) => [m.name, m.login])),
        stateDir: staging,
        knownHostsFiles: known,
        hostKeys: 'pin',
      },
      prompts: { secret: ask },
      around: o.around,
      signal: o.signal,
      onNewHostKey: (key) => {
        o.say(`${key.machine} (${key.address}): first contact, its ${key.keyType} key is ${key.fingerprint}`);
      },
    });
    const one = async ({ name, login }: Tried): Promise<Outcome> => {
      const who = `${name} (${login.host})`;
      try {
        await pool.open(name);
        const seen = await firstLook(pool.transport(name), name, o.signal);
        o.say(`${who}: ${describe(seen)}`);
        return { name, look: seen };
      } catch (error) {
        if (!(error instanceof KmonError) || error.code === 'interrupted') throw error;
        o.say(`${who}: ${verb(error)}: ${error.message}`);
        return { name, error };
      }
    };
    try {
      const outcomes = await Promise.all(machines.map(one));
      for (const hint of remedies(outcomes)) o.say(`fix: ${hint}`);
      // A password that one machine refused may have been mistyped: it is asked again.
      if (outcomes.some((r) => 'error' in r && r.error.code === 'login-refused')) secrets.clear();
      return outcomes;
    } finally {
      await pool.close();
    }
  };

  return {
    look,
    async pin(logins) {
      const seen = await readKnownHosts([join(staging, 'known_hosts')]);
      const pinned = new Set<unknown>();
      for (const { knownAs } of logins.flatMap((login) => hops(resolveLogin(login, o.around)))) {
        for (const entry of entriesFor(seen, knownAs.host, knownAs.port)) {
          if (!pinned.has(entry)) await pinHostKey(pins, knownAs.host, knownAs.port, entry.key);
          pinned.add(entry);
        }
      }
    },
    close: () => rm(staging, { recursive: true, force: true }).catch(() => undefined),
  };
}

/** One for each kind of failure: a class that is switched off needs to be told once. */
function remedies(outcomes: readonly Outcome[]): readonly string[] {
  const errors = outcomes.flatMap((o) => ('error' in o ? [o.error] : []));
  const firsts = errors.filter((e, i) => errors.findIndex((other) => other.code === e.code) === i);
  return firsts.flatMap(({ hint }) => hint ?? []);
}

/** A machine, and those that it is reached through. */
function hops(login: ResolvedLogin): readonly ResolvedLogin[] {
  return login.via === undefined ? [login] : [login, ...hops(login.via)];
}

function describe(look: FirstLook): string {
  if (look.other !== undefined) return `answers: ${look.other.name}, which can be watched, but not be a node`;
  const cpus = look.cpus === 1 ? '1 CPU' : `${look.cpus} CPUs`;
  const memory = `${(look.memoryBytes / 2 ** 30).toFixed(1)} GiB`;
  const parts = [look.system, ...(look.cpus > 0 ? [cpus] : []), ...(look.memoryBytes > 0 ? [memory] : [])];
  return `answers: ${parts.join(', ')}`;
}

function verb({ code }: KmonError): string {
  if (code === 'unreachable') return 'no answer';
  return code === 'login-refused' || code === 'host-key-changed' ? 'refused' : 'not tried to the end';
}
