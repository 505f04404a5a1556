import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../errors/exit-codes.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Machine } from '../room/machine.js';
import { runStageOnMachine } from './converge.js';
import type { EngineDeps } from './deps.js';
import { forEachMachine } from './for-each-machine.js';
import { isOfRoom } from '../room/room-mark.js';
import type { RoomMark } from '../room/room-mark.js';
import type { Runner } from '../runner/runner.js';
import { MachineSession } from './session.js';
import type { Signature } from './session.js';
import { beatLock, releaseLock, takeLock } from './lock.js';
import { machinesOf } from './plan.js';
import type { Plan } from './plan.js';
import type { Outcome, ReportRow, RunReport } from './report.js';
import { sharedAnswers } from './shared.js';
import type { Shared } from './shared.js';
import type { Stage } from './stage.js';

/**
 * Runs the stages in order, each on its machines at once. A child that fails is set aside and the others go on; when the parent
 * fails, or no target is left, the run ends. Never rejects for what happens on a machine: everything is in the report.
 *
 * Guarantees: a dry run mutates nothing; a machine's ledger is written before its first change; the lock is taken before the first
 * change of the run and given back; deferred work is done however a stage ends; what stages left open on purpose is closed however
 * the run ends (`Stage.closes`).
 */
export async function runStages(plan: Plan, deps: EngineDeps): Promise<RunReport> {
  return new Run(plan, deps).go();
}

/** The state of one run; lives as long as `runStages`. */
class Run {
  private readonly id = randomUUID();
  private readonly rows: ReportRow[] = [];
  private readonly aside = new Map<string, KmonError>();
  private readonly sessions = new Map<string, MachineSession>();
  private readonly pendingStages = new Map<string, Set<string>>();
  private readonly shared: Shared;
  private locked: Promise<void> | undefined;
  /** The lock could not be taken: that is the whole run's matter, on whatever machine it came up. */
  private refused = false;
  private stopBeating: (() => void) | undefined;
  private beatUnderWay: Promise<void> | undefined;
  /** Aborts what is under way when somebody else has the room. */
  private readonly lost = new AbortController();
  private roomId: string | undefined;
  private failure: KmonError | undefined;
  private readonly plan: Plan;
  private deps: EngineDeps;
  /** The id that lies beside kmon.yaml already. */
  private readonly keptId: string | undefined;

  constructor(plan: Plan, deps: EngineDeps) {
    this.plan = plan;
    this.keptId = deps.config.roomId;
    this.deps = { ...deps, signal: AbortSignal.any([deps.signal, this.lost.signal]) };
    this.shared = sharedAnswers(deps.clock);
  }

  async go(): Promise<RunReport> {
    const { plan, deps } = this;
    deps.emit({
      type: 'run-started',
      command: plan.command,
      machines: plan.targets.map((m) => m.name),
      addresses: Object.fromEntries(plan.connected.map((m) => [m.name, m.address])),
      dryRun: deps.dryRun,
    });
    try {
      await this.connectAll();
      this.settleId();
      for (const stage of plan.stages) {
        if (this.failure === undefined || this.isLeftOpen(stage)) await this.runStage(stage);
      }
    } finally {
      await this.unlock();
    }
    return this.report();
  }

  private async connectAll(): Promise<void> {
    const { plan, deps } = this;
    await this.overMachines('connect', 'Connect', plan.connected, async (machine) => {
      deps.signal.throwIfAborted();
      const run = await deps.connect(machine);
      const facts = await deps.facts(run);
      this.sessions.set(machine.name, new MachineSession(machine, run, facts, () => this.signature(machine)));
      return { outcome: 'unchanged', because: `${facts.os.name}, ${facts.cpus} CPU` };
    });
  }

  private async runStage(stage: Stage): Promise<void> {
    const machines = machinesOf(stage, this.plan.targets).filter((m) => !this.aside.has(m.name));
    if (machines.length === 0) return;
    const pendingHere = new Set<string>();
    this.pendingStages.set(stage.id, pendingHere);
    await this.overMachines(stage.id, stage.title, machines, async (machine) => {
      const session = this.sessionOf(machine);
      const row = await runStageOnMachine(stage, session, {
        deps: this.deps,
        room: this.sessions,
        machines: () => this.plan.connected.filter((m) => !this.aside.has(m.name)),
        shared: this.shared,
        byInference: this.isPending(stage, machine),
        beforeFirstChange: () => this.lock(),
      });
      if (row.outcome === 'planned') pendingHere.add(machine.name);
      return row;
    });
  }

  private isLeftOpen(stage: Stage): boolean {
    return stage.closes === true && stage.after.every((id) => this.pendingStages.has(id));
  }

  /** In a dry run: something this stage stands on is only planned: here, on the parent, or, for the parent, on any machine. */
  private isPending(stage: Stage, machine: Machine): boolean {
    return stage.after.some((id) => {
      const names = this.pendingStages.get(id) ?? new Set();
      if (machine.role === 'parent') return names.size > 0;
      return names.has(machine.name) || names.has(this.deps.config.room.parent.name);
    });
  }

  private async overMachines(
    stage: string,
    title: string,
    machines: readonly Machine[],
    work: (machine: Machine) => Promise<{ readonly outcome: Outcome; readonly because?: string }>,
  ): Promise<void> {
    const { deps } = this;
    deps.emit({ type: 'stage-started', stage, title, machines: machines.map((m) => m.name) });
    const results = await forEachMachine(machines, deps.concurrency, async (machine) => {
      deps.emit({ type: 'machine-started', stage, machine: machine.name });
      try {
        const row = await work(machine);
        deps.emit({ type: 'machine-finished', stage, machine: machine.name, ...row });
        return row;
      } catch (thrown) {
        const error = this.asKmonError(thrown).at({ stage, machine: machine.name });
        deps.emit({ type: 'machine-finished', stage, machine: machine.name, outcome: 'failed', error });
        throw error;
      }
    });
    machines.forEach((machine, i) => {
      const result = results[i];
      if (result === undefined) return;
      if (result.ok) {
        // Having connected is no result of the workshop.
        if (stage !== 'connect') this.rows.push({ stage, machine: machine.name, ...result.value });
      } else {
        this.rows.push({ stage, machine: machine.name, outcome: 'failed' });
        this.failed(machine, stage, this.asKmonError(result.error));
      }
    });
    deps.emit({ type: 'stage-finished', stage });
    this.stopWhenNobodyIsLeft();
  }

  private failed(machine: Machine, stage: string, error: KmonError): void {
    // What is wrong with kmon.yaml or a file it names is told once, not by every machine.
    const ofNoMachine: readonly ErrorCode[] = ['interrupted', 'bug', 'config'];
    if (ofNoMachine.includes(error.code) || this.refused) {
      this.failure ??= error;
      return;
    }
    if (machine.role === 'parent' && this.deps.parentMayFail !== true) {
      this.failure ??= error;
      return;
    }
    this.aside.set(machine.name, error);
    this.deps.emit({ type: 'set-aside', machine: machine.name, stage, error });
  }

  private stopWhenNobodyIsLeft(): void {
    if (this.failure !== undefined || this.aside.size === 0) return;
    if (this.plan.about.some((m) => !this.aside.has(m.name))) return;
    const errors = [...this.aside.values()];
    const first = errors[0];
    if (first === undefined) return;
    // All for the same kind of reason: that reason is the result. Otherwise only "partial" is true of all.
    this.failure = errors.every((e) => e.code === first.code)
      ? first
      : new KmonError('partial', 'no machine is left to go on with', {
          hint: 'see the cause of each machine above',
        });
  }

  private sessionOf(machine: Machine): MachineSession {
    const session = this.sessions.get(machine.name);
    if (session === undefined) throw new KmonError('bug', `${machine.name} was never connected`);
    return session;
  }

  /** Before the first change on any machine: the room is nobody else's, and has an id that its ledgers will carry. */
  private async lock(): Promise<void> {
    this.locked ??= this.takeRoom().catch((error: unknown) => {
      this.refused = true;
      throw error;
    });
    await this.locked;
  }

  private async takeRoom(): Promise<void> {
    const parent = this.sessions.get(this.deps.config.room.parent.name);
    // Absent: teardown of what is left of a room whose parent is gone.
    if (parent !== undefined) {
      const { owner, force, isDead, beating } = this.deps.lock;
      await takeLock(parent.run, { run: this.id, ...owner }, { force, isDead });
      this.stopBeating = beating?.(() => this.beat(parent.run));
    }
    const id = this.deps.config.roomId ?? randomUUID();
    if (id !== this.keptId) await this.keepId(id, parent?.run);
    this.roomId = id;
  }

  /** After the lock was taken, so that two keyboards do not give one room two ids. */
  private async keepId(id: string, parent: Runner | undefined): Promise<void> {
    try {
      await this.deps.keepRoomId(id);
    } catch (cause) {
      this.stopBeating?.();
      if (parent !== undefined) await releaseLock(parent, this.id);
      throw new KmonError('config', "the room's id cannot be kept in .kmon beside kmon.yaml", {
        evidence: cause instanceof Error ? cause.message : String(cause),
        hint: 'make that folder yours to write (ls -ld .kmon) and run the command again',
        cause,
      });
    }
  }

  private beat(parent: Runner): Promise<void> {
    this.beatUnderWay ??= beatLock(parent, this.id)
      .catch((error: unknown) => {
        // A connection that is lost is noticed by who needs it.
        if (!(error instanceof KmonError) || error.code !== 'precondition') return;
        this.failure ??= error;
        this.lost.abort(error);
      })
      .finally(() => {
        this.beatUnderWay = undefined;
      });
    return this.beatUnderWay;
  }

  /**
   * From another keyboard, or after `.kmon/` was lost: the room goes on under the id that its machines know, the parent's before all others.
   * From then on the id alone decides whose a machine is.
   */
  private settleId(): void {
    const { config } = this.deps;
    if (config.roomId !== undefined) return;
    const known = this.plan.connected
      .map((m) => this.sessions.get(m.name)?.facts.ledger?.room)
      .find((mark) => mark !== undefined && isOfRoom(mark, config));
    if (known !== undefined) this.deps = { ...this.deps, config: { ...config, roomId: known.id } };
  }

  private signature({ role }: Machine): Signature {
    const { config, lock } = this.deps;
    const { name, parent } = config.room;
    if (this.roomId === undefined) return { run: this.id };
    const room: RoomMark = { id: this.roomId, name, parent: parent.address, role, by: lock.owner.who };
    return { run: this.id, room };
  }

  private async unlock(): Promise<void> {
    this.stopBeating?.();
    // One that is under way would find no lock any more, and take that for a loss.
    await this.beatUnderWay;
    const parent = this.sessions.get(this.deps.config.room.parent.name);
    if (this.locked === undefined || parent === undefined) return;
    try {
      await this.locked;
      await releaseLock(parent.run, this.id);
    } catch (error) {
      if (this.failure === undefined) {
        this.deps.emit({ type: 'note', text: `the room's lock was not released: ${String(error)}` });
      }
    }
  }

  private asKmonError(thrown: unknown): KmonError {
    if (thrown instanceof KmonError) return thrown;
    if (this.lost.signal.reason instanceof KmonError) return this.lost.signal.reason;
    if (!this.deps.signal.aborted) {
      return new KmonError('bug', thrown instanceof Error ? thrown.message : String(thrown), {
        cause: thrown,
      });
    }
    const { command } = this.plan;
    const goOn = `run \`kmon ${command}\` again to go on from here`;
    const changed = this.locked !== undefined && command !== 'teardown';
    const hint = changed ? `${goOn}, or \`kmon teardown\` to give the machines back` : goOn;
    return new KmonError('interrupted', 'stopped by Ctrl-C', { hint, cause: thrown });
  }

  private report(): RunReport {
    return {
      command: this.plan.command,
      dryRun: this.deps.dryRun,
      rows: this.rows,
      setAside: this.plan.connected.flatMap((m) => {
        const error = this.aside.get(m.name);
        return error === undefined ? [] : [{ machine: m.name, error }];
      }),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    };
  }
}
