import type { Config } from '../config/config.js';
import type { Emit } from '../engine/events.js';
import type { Machine } from '../machines/machine.js';
import { dryRunner } from '../runner/dry.js';
import { liveRunner } from '../runner/live.js';
import type { Runner } from '../runner/runner.js';
import { probeSudo } from '../runner/sudo.js';
import type { Sudo } from '../runner/sudo.js';
import type { Secret } from '../shell/secret.js';
import { readPasswordFile } from '../transport/private-file.js';
import { openPool } from '../transport/pool.js';
import { askOnce } from '../transport/prompts.js';
import type { Prompter } from '../ui/prompter.js';

/** The machines of a run: one connection each, login and sudo settled once. */
export interface OpenMachines {
  /** Connects, logs in and becomes root, with all the questions that may need. Rejects with the KmonError that says why not. */
  open(machine: Machine): Promise<void>;
  /** The machine's runner; a dry one records changes and makes none. */
  runner(machine: Machine, dry: boolean): Promise<Runner>;
  close(): Promise<void>;
}

export interface OpenMachinesOptions {
  readonly config: Config;
  readonly prompter: Prompter | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Hears of every secret that was typed or read, so that a transcript can mask it. */
  readonly onSecret: (secret: Secret) => void;
}

/** Opens nothing by itself. */
export function openMachines(o: OpenMachinesOptions): OpenMachines {
  const { config, emit } = o;
  const heard = (secret: Secret | undefined): Secret | undefined => {
    if (secret !== undefined) o.onSecret(secret);
    return secret;
  };
  const prompts = {
    secret: async (question: string) => heard(await o.prompter?.secret(question)),
  };
  const ask = askOnce(prompts);
  const pool = openPool({
    config,
    prompts,
    signal: o.signal,
    onNewHostKey: (key) => {
      emit({
        type: 'note',
        machine: key.machine,
        text: `first contact: its ${key.keyType} key ${key.fingerprint} is pinned from now on`,
      });
    },
  });
  const opened = new Map<string, Promise<Sudo>>();

  const sudoOf = (machine: Machine): Promise<Sudo> => {
    const known = opened.get(machine.name);
    if (known !== undefined) return known;
    const settled = (async () => {
      await pool.open(machine.name);
      const { sudoPasswordFile } = config.logins[machine.name] ?? {};
      return probeSudo(machine.name, pool.transport(machine.name), async () =>
        sudoPasswordFile === undefined
          ? ask('sudo', `Password for sudo in room ${config.room.name}:`)
          : heard(await readPasswordFile(sudoPasswordFile, 'sudo password file')),
      );
    })();
    opened.set(machine.name, settled);
    return settled;
  };

  return {
    open: async (machine) => {
      await sudoOf(machine);
    },
    runner: async (machine, dry) => {
      const sudo = await sudoOf(machine);
      const live = liveRunner({ machine: machine.name, transport: pool.transport(machine.name), sudo, emit });
      return dry ? dryRunner(live, emit) : live;
    },
    close: () => pool.close(),
  };
}
