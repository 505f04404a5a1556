import { randomUUID } from 'node:crypto';
import { typedFor } from '../cluster/cluster-runner.js';
import type { ErrorCode } from '../errors/exit-codes.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Machine, Observed } from '../room/machine.js';
import { isParent } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import { isOfRoom } from '../room/room-mark.js';
import { ComputerSession } from './computer-session.js';
import { runStageOnComputer, runStageOnMachine } from './converge.js';
import type { Row } from './converge.js';
import type { EngineDeps } from './deps.js';
import { forEachMachine } from './for-each-machine.js';
import { graphOf, isOnComputer } from './plan.js';
import type { MachineNode, Plan, PlanNode } from './plan.js';
import type { ReportRow, RunReport } from './report.js';
import { SeenByStage } from './results.js';
import { RoomHold } from './room-hold.js';
import { runGraph } from './run-graph.js';
import type { Going } from './run-graph.js';
import { MachineSession } from './session.js';
import type { StageSetting } from './setting.js';
import { sharedAnswers } from './shared.js';
import { ToldStages } from './told-stages.js';

/**
 * Runs the plan as a graph: each stage on each of its machines as soon as what it stands on has ended, so that a slow machine is waited for
 * by nobody but those who need it. A child that fails is set aside and the others go on; when the parent fails, or no target is left, the
 * run ends. Never rejects for what happens on a machine: everything is in the report.
 *
 * Guarantees: a dry run mutates nothing; a machine's ledger is written before its first change; the lock is taken before the first
 * change of the run and given back; what is for a while only is undone however a stage ends; what stages left open on purpose is closed
 * however the run ends (`closes`).
 */
export async function runStages<C extends KnownRoom>(plan: Plan<C>, deps: EngineDeps<C>): Promise<RunReport> {
  return new Run(plan, deps).go();
}

/** The state of one run; lives as long as `runStages`. */
class Run<C extends KnownRoom> {
  private readonly id = randomUUID();
  private readonly rows = new Map<PlanNode<C>, ReportRow>();
  private readonly failedToConnect: ReportRow[] = [];
  private readonly aside = new Map<string, KmonError>();
  private readonly sessions = new Map<string, MachineSession>();
  private readonly computers: ReadonlyMap<string, ComputerSession>;
  private readonly planned = new Set<PlanNode<C>>();
  private readonly seen = new SeenByStage();
  private readonly nodes: readonly PlanNode<C>[];
  private readonly told: ToldStages;
  private readonly hold: RoomHold;
  private readonly setting: Omit<StageSetting<C>, 'deps' | 'byInference' | 'going'>;
  /** Ends what is under way, between two of its steps: the run has failed, or somebody else has the room. */
  private readonly ended = new AbortController();
  private failure: KmonError | undefined;
  private deps: EngineDeps<C>;

  private readonly plan: Plan<C>;

  constructor(plan: Plan<C>, deps: EngineDeps<C>) {
    this.plan = plan;
    this.deps = { ...deps, signal: AbortSignal.any([deps.signal, this.ended.signal]) };
    this.computers = new Map(
      plan.observed.map((o) => [o.name, new ComputerSession(o, deps.computers, this.id)]),
    );
    this.nodes = graphOf(plan);
    this.told = new ToldStages(this.nodes, deps.emit);
    this.hold = new RoomHold(
      this.id,
      () => this.deps,
      () => this.sessions.get(deps.config.room.parent.name)?.run,
      deps.config.roomId,
      (error) => {
        this.end(error);
      },
    );
    this.setting = {
      room: this.sessions,
      machines: () => plan.connected.filter((m) => !this.aside.has(m.name)),
      about: plan.about,
      shared: sharedAnswers(deps.clock),
      seen: this.seen,
      isOurs: () => this.hasNoRoom || this.hold.isOurs,
      beforeFirstChange: async () => {
        if (!this.hasNoRoom) await this.hold.take();
      },
    };
  }

  async go(): Promise<RunReport> {
    const { plan, deps } = this;
    deps.emit({
      type: 'run-started',
      command: plan.command,
      machines: [...plan.targets, ...plan.observed].map((m) => m.name),
      addresses: Object.fromEntries([...plan.connected, ...plan.observed].map((m) => [m.name, m.address])),
      dryRun: deps.dryRun,
    });
    try {
      await this.connectAll();
      this.settleId();
      await runGraph(this.nodes, deps.concurrency, (node, going) => this.runNode(node, going), deps.clock);
      if (deps.leavesNothing === true && this.failure === undefined) await this.hold.sweep();
    } finally {
      await this.hold.release().catch((error: unknown) => {
        if (this.failure === undefined)
          deps.emit({ type: 'note', text: `the room's lock was not released: ${String(error)}` });
      });
    }
    return this.report();
  }

  /** All of them before the first stage: what compares machines needs the facts of everyone. */
  private async connectAll(): Promise<void> {
    const { plan, deps } = this;
    if (plan.connected.length === 0) return;
    const stage = 'connect';
    deps.emit({
      type: 'stage-started',
      stage,
      title: 'Connect',
      machines: plan.connected.map((m) => m.name),
    });
    const results = await forEachMachine(plan.connected, deps.concurrency, async (machine) => {
      deps.emit({ type: 'machine-started', stage, machine: machine.name });
      try {
        deps.signal.throwIfAborted();
        const run = await deps.connect(machine);
        const facts = await deps.facts(run);
        const session = new MachineSession(machine, run, facts, () => this.hold.signature(machine));
        this.sessions.set(machine.name, session);
        const because = `${facts.os.name}, ${facts.cpus} CPU`;
        deps.emit({ type: 'machine-finished', stage, machine: machine.name, outcome: 'unchanged', because });
      } catch (thrown) {
        throw this.tellFailure(thrown, stage, machine);
      }
    });
    plan.connected.forEach((machine, i) => {
      const result = results[i];
      if (result === undefined || result.ok) return;
      // Having connected is no result of the workshop; not having connected is.
      this.failedToConnect.push({ stage, machine: machine.name, outcome: 'failed' });
      this.failed(machine, stage, this.asKmonError(result.error));
    });
    deps.emit({ type: 'stage-finished', stage });
    this.stopWhenNobodyIsLeft();
  }

  /** The run is about a cluster alone: no machine of a room is touched, and none is locked. */
  private get hasNoRoom(): boolean {
    return this.deps.cluster !== undefined;
  }

  private async runNode(node: PlanNode<C>, going: Going): Promise<void> {
    const { stage, machine } = node;
    if (this.isOut(node)) {
      this.told.ends(node, false);
      return;
    }
    this.told.begins(node, (n) => this.aside.has(n.machine.name));
    const byInference = node.after.some((n) => this.planned.has(n));
    try {
      const row = await this.converge(node, { byInference, going });
      if (row.outcome === 'planned') this.planned.add(node);
      this.rows.set(node, { stage: stage.id, machine: machine.name, ...row });
      this.deps.emit({ type: 'machine-finished', stage: stage.id, machine: machine.name, ...row });
      this.told.ends(node, true);
    } catch (thrown) {
      this.nodeFailed(node, thrown);
    }
  }

  private isSureToChange({ stage, machine }: MachineNode<C>): boolean {
    const session = this.sessions.get(machine.name);
    return (
      stage.first === true && !this.deps.dryRun && session !== undefined && session.facts.ledger === undefined
    );
  }

  private async converge(
    node: PlanNode<C>,
    own: Pick<StageSetting<C>, 'byInference' | 'going'>,
  ): Promise<Row> {
    const setting = { ...this.setting, deps: this.deps, ...own };
    if (!isOnComputer(node)) {
      if (this.isSureToChange(node)) await setting.beforeFirstChange();
      return runStageOnMachine(node.stage, node.machine, setting);
    }
    const session = this.computers.get(node.machine.name);
    if (session === undefined) throw new KmonError('bug', `${node.machine.name} is not in the plan`);
    return runStageOnComputer(node.stage, session, setting);
  }

  private nodeFailed(node: PlanNode<C>, thrown: unknown): void {
    const { stage, machine } = node;
    // The run was ended for another reason: this one has done nothing wrong.
    if (this.ended.signal.aborted && thrown === this.ended.signal.reason && thrown !== undefined) {
      this.rows.set(node, { stage: stage.id, machine: machine.name, outcome: 'not-reached' });
      this.told.ends(node, false);
      return;
    }
    const error = this.tellFailure(thrown, stage.id, machine);
    this.rows.set(node, { stage: stage.id, machine: machine.name, outcome: 'failed' });
    this.failed(machine, stage.id, error);
    this.told.ends(node, true);
    this.stopWhenNobodyIsLeft();
  }

  private isOut({ stage, machine }: PlanNode<C>): boolean {
    if (this.aside.has(machine.name)) return true;
    if (this.failure === undefined) return false;
    const isLeftOpen = stage.closes !== undefined && this.told.hasBegun(stage.closes);
    return !isLeftOpen;
  }

  private tellFailure(thrown: unknown, stage: string, machine: Machine | Observed): KmonError {
    const error = this.asKmonError(thrown).at({ stage, machine: machine.name });
    this.deps.emit({
      type: 'machine-finished',
      stage,
      machine: machine.name,
      outcome: 'failed',
      error,
    });
    return error;
  }

  private failed(machine: Machine | Observed, stage: string, error: KmonError): void {
    // What is wrong with kmon.yaml or a file it names is told once, not by every machine.
    const ofNoMachine: readonly ErrorCode[] = ['interrupted', 'bug', 'config'];
    const isParents = isParent(machine) && this.deps.parentMayFail !== true;
    if (ofNoMachine.includes(error.code) || this.hold.refused || isParents) {
      this.end(error);
      return;
    }
    // What went beside it may have failed too, of the same cause or later: the first says why.
    if (this.aside.has(machine.name)) return;
    this.aside.set(machine.name, error);
    this.deps.emit({ type: 'set-aside', machine: machine.name, stage, error });
  }

  private stopWhenNobodyIsLeft(): void {
    if (this.failure !== undefined || this.aside.size === 0) return;
    if ([...this.plan.about, ...this.plan.observed].some((m) => !this.aside.has(m.name))) return;
    const errors = [...this.aside.values()];
    const first = errors[0];
    if (first === undefined) return;
    // All for the same kind of reason: that reason is the result. Otherwise only "partial" is true of all.
    this.end(
      errors.every((e) => e.code === first.code)
        ? first
        : new KmonError('partial', 'no machine is left to go on with', {
            hint: 'see the cause of each machine above',
          }),
    );
  }

  private end(error: KmonError): void {
    this.failure ??= error;
    this.ended.abort(error);
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

  private asKmonError(thrown: unknown): KmonError {
    if (thrown instanceof KmonError) return thrown;
    if (this.ended.signal.reason instanceof KmonError) return this.ended.signal.reason;
    if (!this.deps.signal.aborted) {
      return new KmonError('bug', thrown instanceof Error ? thrown.message : String(thrown), {
        cause: thrown,
      });
    }
    const { command } = this.plan;
    const goOn = `run \`${typedFor(this.deps.cluster ?? {}, `kmon ${command}`)}\` again to go on from here`;
    const changed = this.hold.isTaken && command !== 'teardown';
    const hint = changed ? `${goOn}, or \`kmon teardown\` to give the machines back` : goOn;
    return new KmonError('interrupted', 'stopped by Ctrl-C', { hint, cause: thrown });
  }

  private report(): RunReport {
    return {
      command: this.plan.command,
      dryRun: this.deps.dryRun,
      rows: [...this.failedToConnect, ...this.nodes.flatMap((n) => this.rows.get(n) ?? [])],
      seen: this.seen,
      setAside: [...this.plan.connected, ...this.plan.observed].flatMap((m) => {
        const error = this.aside.get(m.name);
        return error === undefined ? [] : [{ machine: m.name, error }];
      }),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    };
  }
}
