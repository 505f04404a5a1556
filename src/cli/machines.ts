import type { Duplex } from 'node:stream';
import type { ReadConfig } from '../config/config.js';
import type { Emit } from '../engine/events.js';
import type { Machine, Observed } from '../room/machine.js';
import { openRunner } from '../runner/open.js';
import type { OpenRunner } from '../runner/open.js';
import { openOther } from '../runner/open-other.js';
import type { OtherRunner } from '../runner/open-other.js';
import { recognise } from '../runner/recognise.js';
import type { Reader, Runner } from '../runner/runner.js';
import type { Command } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';
import { readPasswordFile } from '../transport/private-file.js';
import { openPool } from '../transport/pool.js';
import type { Pool } from '../transport/pool.js';
import type { Listening } from '../transport/ssh-connection.js';
import { askOnce } from '../transport/login/prompts.js';
import type { Prompts } from '../transport/login/prompts.js';
import type { Prompter } from '../ui/prompter.js';

/** The machines of a run: one connection each, login and sudo settled once. */
export interface OpenMachines {
  /**
   * Connects, logs in and becomes root, with all the questions that may need; the second call gives the same answer. Rejects with the
   * KmonError that says why not.
   */
  open(machine: Machine): Promise<Runner>;
  /** As `open`; see `OpenRunner.untold`. */
  untold(machine: Machine): Promise<Reader>;
  /** See `Pool.listen`. */
  listen(machine: string, accept: (stream: Duplex) => void): Promise<Listening>;
  /** See `Pool.forward`. */
  forward(machine: string, host: string, port: number): Promise<Duplex>;
  /** Closes the machine's connection and makes a new one; the runner that `open` gave goes on with that. */
  redial(machine: Machine): Promise<void>;
  /**
   * A Windows or macOS computer that is only observed, with the rights of whoever logs in there; `undefined`: it runs something else.
   * `asking`: with all the questions that may need. Otherwise nobody is asked, a login that needs an answer is refused, and on a Mac
   * that wants a password for sudo commands run as the user. Rejects with the KmonError that says why it cannot be reached.
   */
  other(computer: Observed, how: 'asking' | 'silent'): Promise<OtherRunner | undefined>;
  close(): Promise<void>;
}

export interface OpenMachinesOptions {
  readonly prompter: Prompter | undefined;
  readonly emit: Emit;
  /** The runners record changes and make none. */
  readonly dryRun: boolean;
  /** What every machine will surely be asked first: it travels with the look for sudo. */
  readonly along?: Command<'reads'>;
  /** Hears of every secret that was typed or read, so that a transcript can mask it. */
  readonly onSecret: (secret: Secret) => void;
}

export interface OpenRoomOptions extends OpenMachinesOptions {
  readonly config: ReadConfig;
  /** Ends connecting; commands that run are waited for. */
  readonly signal: AbortSignal;
}

/** Opens nothing by itself. */
export function openRoom(o: OpenRoomOptions): OpenMachines {
  const { config, emit } = o;
  const heard = (secret: Secret | undefined): Secret | undefined => {
    if (secret !== undefined) o.onSecret(secret);
    return secret;
  };
  const prompts = {
    secret: async (question: string) => heard(await o.prompter?.secret(question)),
  };
  const ask = askOnce(prompts);
  const poolWith = (questions: Prompts): Pool =>
    openPool({
      config,
      prompts: questions,
      signal: o.signal,
      onNewHostKey: (key) => {
        emit({
          type: 'note',
          machine: key.machine,
          text: `first contact: its ${key.keyType} key ${key.fingerprint} is pinned from now on`,
        });
      },
    });
  const pool = poolWith(prompts);
  // Of its own: a login that was refused for want of an answer would stay refused.
  const silent = poolWith({ secret: async () => undefined });
  const opened = new Map<string, Promise<OpenRunner>>();

  const sudoPassword = async (machine: string, asking: boolean): Promise<Secret | undefined> => {
    const { sudoPasswordFile } = config.logins[machine] ?? {};
    if (sudoPasswordFile !== undefined)
      return heard(await readPasswordFile(sudoPasswordFile, 'sudo password file'));
    return asking ? ask('sudo', `Password for sudo in room ${config.room.name}:`) : undefined;
  };

  const open = async (machine: Machine): Promise<OpenRunner> => {
    await pool.open(machine.name);
    return openRunner({
      machine: machine.name,
      transport: pool.transport(machine.name),
      dryRun: o.dryRun,
      trace: emit,
      ...(o.along === undefined ? {} : { along: o.along }),
      askPassword: () => sudoPassword(machine.name, true),
    });
  };

  const once = (machine: Machine): Promise<OpenRunner> => {
    const known = opened.get(machine.name) ?? open(machine);
    opened.set(machine.name, known);
    return known;
  };

  return {
    open: async (machine) => (await once(machine)).runner,
    untold: async (machine) => (await once(machine)).untold,
    listen: (machine, accept) => pool.listen(machine, accept),
    forward: (machine, host, port) => pool.forward(machine, host, port),
    redial: async (machine) => {
      await pool.transport(machine.name).close();
      await pool.open(machine.name);
    },
    other: async ({ name }, how) => {
      const transport = (how === 'asking' ? pool : silent).transport(name);
      const system = await recognise(transport, { signal: o.signal });
      if (system === undefined) return undefined;
      return openOther({
        machine: name,
        transport,
        system,
        trace: emit,
        askPassword: () => sudoPassword(name, how === 'asking'),
        withoutRights: how === 'silent',
      });
    },
    close: async () => {
      // A machine that is lost, or was never reached, keeps what it has.
      await Promise.allSettled([...opened.values()].map(async (machine) => (await machine).leave()));
      await Promise.all([pool.close(), silent.close()]);
    },
  };
}
