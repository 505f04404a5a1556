import { randomBytes } from 'node:crypto';
import type { ExecResult, Runner } from '../../../src/runner/runner.js';
import type { Command } from '../../../src/shell/command.js';
import type { PrivateMachine } from './private-machine.js';
import { REAL_PATH } from './private-machine.js';

/** Programs that the scripts of resources call. What the shell does by itself cannot fail apart from them. */
const PROGRAMS =
  `awk base64 bridge cat chmod chown cmp cp cut find grep head ip iptables-legacy-restore iptables-nft-restore ip6tables-nft-restore
iptables-nft-save ip6tables-nft-save ln mkdir mktemp mv networkctl netplan nft od rm rmdir rmmod sed sha256sum sleep stat sync systemctl
systemd-inhibit systemd-run tail touch tr truncate ufw umount wc xargs`.split(/\s+/);

/** Stands before every one of them on PATH and counts the calls. `kill 0`: everything of the script's, as when the power goes. */
const SHIM = `#!/bin/sh
echo $$ >>"$FAULT_CALLS"
call=0
while read -r pid; do call=$((call + 1)); [ "$pid" != $$ ] || break; done <"$FAULT_CALLS"
if [ "$call" -eq "$FAULT_AT" ]; then
  [ "$FAULT_HOW" = fails ] || kill -9 0
  echo "\${0##*/} was made to fail" >&2; exit 1
fi
PATH=${REAL_PATH}; export PATH
exec "\${0##*/}" "$@"
`;

export interface Fault {
  /** Which call of a program it is, from 1 on. */
  readonly at: number;
  readonly how: 'fails' | 'killed';
  /** Only commands with such an intent are counted. */
  readonly of: RegExp;
}

/** Puts what `FaultyRunner` needs on the machine, once. */
export function prepareFaults(machine: PrivateMachine): void {
  machine.sh('mkdir -p /mnt/shims /mnt/fakes; cat >/mnt/shims/.shim; chmod 755 /mnt/shims/.shim', SHIM);
  machine.sh(`cd /mnt/shims; for p in ${PROGRAMS.join(' ')}; do ln -s .shim $p; done`);
}

/** A private machine on which one program fails once, or ends everything. */
export class FaultyRunner implements Runner {
  readonly machine = 'pc-test';
  readonly dryRun = false;
  /** Whether the commands came as far as the fault. */
  happened = false;
  readonly #on: PrivateMachine;
  readonly #fault: Fault;

  constructor(on: PrivateMachine, fault: Fault) {
    this.#on = on;
    this.#fault = fault;
  }

  query(command: Command<'reads'>): Promise<ExecResult> {
    return this.#on.query(command);
  }

  attempt(command: Command<'tries'>): Promise<ExecResult> {
    return this.#on.attempt(command);
  }

  async mutate(intent: string, command: Command<'changes'>): Promise<void> {
    const { at, how, of } = this.#fault;
    if (this.happened || !of.test(intent)) return this.#on.mutate(intent, command);
    const calls = `/mnt/calls-${randomBytes(6).toString('hex')}`;
    try {
      this.#on.judged(command, {
        PATH: `/mnt/shims:${REAL_PATH}`,
        FAULT_CALLS: calls,
        FAULT_AT: String(at),
        FAULT_HOW: how,
      });
    } finally {
      this.happened = (this.#on.readFile(calls) ?? '').split('\n').length > at;
    }
  }
}
