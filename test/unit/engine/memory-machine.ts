import { KmonError } from '../../../src/errors/kmon-error.js';
import type { LedgerEntry } from '../../../src/engine/ledger.js';
import { LOCK_BEAT } from '../../../src/engine/lock.js';
import type { LockOwner } from '../../../src/engine/lock.js';
import type { Resource } from '../../../src/resources/resource.js';
import type { ExecResult, Runner } from '../../../src/runner/runner.js';
import { changes, reads } from '../../../src/shell/command.js';
import type { Command } from '../../../src/shell/command.js';

/** Something on a memory machine that has a value; `unset` to begin with. */
export function setting(name: string, value: string): Resource<string> {
  return {
    id: `setting ${name}`,
    kind: 'setting',
    params: { name, value },
    read: reads`get ${name}`,
    parse: ({ stdout }) => stdout.trim(),
    satisfied: (now) => now === value,
    change: () => changes`set ${name} ${value}`,
    describe: (now) => `set ${name} = ${value} (now ${now})`,
    restore: (found, now) => (found === now ? 'nothing' : changes`set ${name} ${found}`),
  };
}

/**
 * A machine that holds settings, a ledger and the room's lock, for many machines at once and runs of any length. It knows the engine's own
 * commands and `get` and `set`; any other fails. What it was given is in `journal`, in words, with the machine's name before it.
 */
export class MemoryMachine implements Runner {
  readonly machine: string;
  readonly dryRun = false;
  readonly settings = new Map<string, string>();
  readonly ledger: LedgerEntry[] = [];
  lock: LockOwner | undefined;
  /** What an earlier kmon is still at: one of them a look, until they are told. */
  underWay: string[] = [];
  readonly #journal: string[];
  readonly #hooks: { readonly on: RegExp; readonly act: () => void | Promise<void> }[] = [];

  constructor(machine: string, journal: string[]) {
    this.machine = machine;
    this.#journal = journal;
  }

  /** Before a command whose line in the journal fits; what it throws is what the command fails with. */
  before(on: RegExp, act: () => void | Promise<void>): void {
    this.#hooks.push({ on, act });
  }

  async query({ script }: Command<'reads'>): Promise<ExecResult> {
    if (script.includes('/run/kmon-room.lock/owner')) {
      await this.#tell('looks who has the lock');
      return result(this.lock === undefined ? '' : JSON.stringify(this.lock));
    }
    if (script.includes('cat /var/lib/kmon/ledger.jsonl')) {
      await this.#tell('reads the ledger');
      const began = script.includes('KMON_CHANGE') ? this.underWay.shift() : undefined;
      const first = began === undefined ? '' : `under way ${began}\n`;
      return result(`${first}${this.ledger.map((e) => `${JSON.stringify(e)}\n`).join('')}`);
    }
    const names = [...script.matchAll(/^get (\S+)$/gm)].map((m) => m[1] ?? '');
    if (names.length === 0) throw new TypeError(`${this.machine} does not know: ${script}`);
    await this.#tell(`looks at ${names.join(', ')}`);
    const nonce = /^echo '(\w+) 0'$/m.exec(script)?.[1];
    const said = names.map((name) => this.settings.get(name) ?? 'unset');
    if (nonce === undefined) return result(said.join('\n'));
    return result(said.map((value, i) => `${nonce} ${i}\n${value}\n\n${nonce} end 0\n`).join(''));
  }

  async attempt(): Promise<ExecResult> {
    throw new TypeError(`${this.machine} is not tried`);
  }

  async mutate(intent: string, { script, stdin }: Command<'changes'>): Promise<void> {
    await this.#tell(`! ${intent}`);
    const set = /^set (\S+) (\S+)$/.exec(script);
    if (set !== null) this.settings.set(set[1] ?? '', set[2] ?? '');
    else if (intent.startsWith('note how ') && typeof stdin === 'string') {
      const lines = stdin.trim().split('\n');
      this.ledger.push(...lines.map((l) => JSON.parse(l) as LedgerEntry));
    } else if (intent === "take the room's lock") {
      if (this.lock === undefined || script.includes('mv -T')) {
        this.lock = JSON.parse(/'(\{.*\})'/.exec(script)?.[1] ?? '') as LockOwner;
      }
    } else if (intent === LOCK_BEAT) {
      if (this.lock === undefined || !script.includes(this.lock.run)) throw broken(this.machine);
    } else if (intent === "release the room's lock") {
      if (this.lock !== undefined && script.includes(this.lock.run)) this.lock = undefined;
    } else throw new TypeError(`${this.machine} does not know: ${script}`);
  }

  async #tell(line: string): Promise<void> {
    this.#journal.push(`${this.machine} ${line}`);
    for (const { on, act } of this.#hooks) if (on.test(line)) await act();
    // Others get a turn, as over a network.
    await Promise.resolve();
  }
}

/** What a command that does not work fails with. */
export function broken(machine: string): KmonError {
  return new KmonError('command', 'it does not work', { machine, hint: 'mend it' });
}

function result(stdout: string): ExecResult {
  return { exitCode: 0, stdout, stderr: '', durationMs: 1 };
}
