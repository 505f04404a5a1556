import { expect } from 'vitest';
import { giveBack } from '../../../src/engine/give-back.js';
import { appendLedger } from '../../../src/engine/ledger.js';
import type { LedgerEntry } from '../../../src/engine/ledger.js';
import { machinePlace } from '../../../src/engine/place.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Json, Resource } from '../../../src/resources/resource.js';
import type { Runner } from '../../../src/runner/runner.js';
import { isResource } from './examples.js';
import { putFakes } from './fakes.js';
import type { Fault } from './faults.js';
import { FaultyRunner, prepareFaults } from './faults.js';
import { PrivateMachine, RULES } from './private-machine.js';
import type { HalfWayCase } from './half-way-cases.js';
import type { KeptFiles } from './kept-files.js';

const LEDGER = '/var/lib/kmon/ledger.jsonl';
const OPTIONS = { say: () => undefined, signal: new AbortController().signal };

/** How the machine is: as found, with the thing noted, with the thing changed as a whole, or anything else. */
type At = 'found' | 'noted' | 'changed' | 'cut off';

/** All that tells how a machine is. Two of which both are the same go on alike, whatever is done with them. */
interface State {
  readonly files: string;
  readonly system: string;
  readonly rest: string;
}

/**
 * One thing on one machine, on which it is changed, cut off and given back again and again. Many of the programs that a script calls change
 * nothing, so that a fault at one leaves what a fault at another left: from each state giving back is proven once, not once a fault.
 */
export class HalfWayTrial {
  readonly #machine: PrivateMachine;
  readonly #case: HalfWayCase;
  readonly #found: Json;
  readonly #beganMs = Date.now();
  /** Without `rest`: whose time of change matters is in `system`. */
  readonly #before: Omit<State, 'rest'>;
  readonly #kept: KeptFiles;
  readonly #proven = new Set<string>();
  #at: At = 'found';
  #isOnlyFiles = false;
  #noted: State | undefined;
  #changed: State | undefined;
  /** Its files, when only files are changed. */
  #keptChanged: KeptFiles | undefined;
  #ledger: string | undefined;

  private constructor(machine: PrivateMachine, of: HalfWayCase, found: Json) {
    this.#machine = machine;
    this.#case = of;
    this.#found = found;
    this.#before = { files: machine.files(), system: system(machine) };
    this.#kept = machine.keepFiles();
  }

  static async begin(of: HalfWayCase): Promise<HalfWayTrial> {
    const machine = await PrivateMachine.start();
    prepareFaults(machine);
    putFakes(machine);
    if (of.owner !== undefined) machine.sh(`set -e\n${of.owner}`);
    const [found = null] = await machine.look([of.thing]);
    return new HalfWayTrial(machine, of, found);
  }

  /** The whole of it: at every program that the change and the restoring call. */
  static async everywhere(of: HalfWayCase): Promise<void> {
    const trial = await HalfWayTrial.begin(of);
    try {
      for (const how of ['fails', 'killed'] as const) {
        for (let at = 1; await trial.change({ at, how, of: /^change$/ }); at++);
      }
      for (let at = 1; await trial.restore({ at, how: 'killed', of: /^give back/ }); at++);
    } finally {
      trial.end();
    }
  }

  end(): void {
    this.#machine.stop();
  }

  /** The change is cut off, and what is there given back. False when it was over before the fault. */
  async change(fault: Fault): Promise<boolean> {
    const where = `${fault.how} at ${fault.at}`;
    await this.#toNoted();
    const runner = new FaultyRunner(this.#machine, fault);
    const error = await this.#change(runner);
    const state = this.#state();
    if (!runner.happened) this.#changed ??= state;
    // Unless it is the cleaning up itself that failed.
    if (fault.how === 'fails' && this.#case.fails !== true && !/rm was made to fail/.test(textOf(error))) {
      expect(state.files, where).not.toMatch(/\/\.[^/]*\.kmon-(new|old) /);
    }
    if (this.#isProven(state)) return runner.happened;
    const isSatisfied = runner.happened && this.#isSatisfied(await this.#now());
    await this.#prove(state, where);
    // Only when nothing of it is lacking.
    if (isSatisfied) {
      await this.#toChanged();
      expect(withoutPassing(state), `satisfied, ${where}`).toEqual(withoutPassing(this.#changed));
    }
    return runner.happened;
  }

  /** It is changed, and giving it back is cut off and done once more. */
  async restore(fault: Fault): Promise<boolean> {
    await this.#toChanged();
    const runner = new FaultyRunner(this.#machine, fault);
    await giveBack(machinePlace(runner), OPTIONS).catch(() => undefined);
    const state = this.#state();
    if (!this.#isProven(state)) await this.#prove(state, `restore ${fault.how} at ${fault.at}`);
    return runner.happened;
  }

  async note(fault: Fault): Promise<boolean> {
    await this.#toFound();
    const runner = new FaultyRunner(this.#machine, fault);
    await this.#note(runner).catch(() => undefined);
    const state = this.#state();
    if (!this.#isProven(state)) await this.#prove(state, `note ${fault.how} at ${fault.at}`);
    return runner.happened;
  }

  /** Whether it is known of the state, in which the machine is now, that what was found comes back from it. */
  #isProven(state: State): boolean {
    if (!this.#proven.has(keyOf(state))) return false;
    this.#at = isSame(state, this.#changed) ? 'changed' : isSame(state, this.#noted) ? 'noted' : 'cut off';
    this.#isOnlyFiles = state.system === this.#before.system;
    return true;
  }

  async #prove(state: State, where: string): Promise<void> {
    await this.#giveBack(where);
    expect(this.#machine.files(), where).toBe(this.#before.files);
    expect(system(this.#machine), where).toBe(this.#before.system);
    this.#proven.add(keyOf(state));
  }

  async #giveBack(where: string): Promise<void> {
    const report = await giveBack(machinePlace(this.#machine), OPTIONS);
    expect(
      report.filter((r) => r.outcome === 'failed' || r.outcome === 'left'),
      where,
    ).toEqual([]);
    this.#at = 'found';
  }

  /** Where only files are not as found, they are put back without kmon, of which it was proven: that is a tenth of the work. */
  async #toFound(): Promise<void> {
    if (this.#at === 'found') return;
    if (this.#at === 'cut off' && this.#isOnlyFiles) this.#kept.putBack();
    else await this.#giveBack('on the way to the next fault');
    this.#at = 'found';
  }

  /** Notes the thing: by kmon the first time, and then with what kmon wrote, which is a tenth of the work. */
  async #toNoted(): Promise<void> {
    if (this.#at === 'noted') return;
    await this.#toFound();
    if (this.#ledger === undefined) {
      await this.#note(this.#machine);
      this.#ledger = this.#machine.readFile(LEDGER);
      this.#noted = this.#state();
    } else this.#machine.writeFile(LEDGER, this.#ledger);
    this.#at = 'noted';
  }

  async #toChanged(): Promise<void> {
    if (this.#at === 'changed') return;
    if (this.#keptChanged !== undefined && (this.#at !== 'cut off' || this.#isOnlyFiles)) {
      this.#keptChanged.putBack();
    } else {
      await this.#toNoted();
      await this.#change(this.#machine);
      this.#changed ??= this.#state();
      if (this.#changed.system === this.#before.system) this.#keptChanged = this.#machine.keepFiles();
    }
    this.#at = 'changed';
  }

  #state(): State {
    return {
      files: this.#machine.files(),
      system: system(this.#machine),
      rest: this.#machine.rest(this.#beganMs),
    };
  }

  async #now(): Promise<Json> {
    const [now = null] = await this.#machine.look([this.#case.thing]);
    return now;
  }

  #isSatisfied(now: Json): boolean {
    const { thing, change } = this.#case;
    return change === undefined && isResource(thing) && thing.satisfied(now);
  }

  async #change(runner: Runner): Promise<unknown> {
    const { thing, change } = this.#case;
    try {
      await runner.mutate('change', change ?? (thing as Resource).change(this.#found));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #note(runner: Runner): Promise<void> {
    const { id, kind, params } = this.#case.thing;
    const at = '2026-01-01T00:00:00.000Z';
    const entry: LedgerEntry = { seq: 1, at, run: 'r', stage: 's', id, kind, params, found: this.#found };
    await appendLedger(runner, [entry]);
  }
}

function isSame(one: State, other: State | undefined): boolean {
  return other !== undefined && keyOf(one) === keyOf(other);
}

function keyOf({ files, system: kernel, rest }: State): string {
  return `${files}${kernel}${rest}`;
}

/** What may differ between two changes that are both whole: the time, and folders in /run, which are empty and gone after a restart. */
function withoutPassing(state: State | undefined): readonly (string | undefined)[] {
  return [
    state?.files.replaceAll(/^run\/.* d \d+ .*\n/gm, ''),
    state?.system.replaceAll(/^changed .*\n/gm, ''),
  ];
}

function textOf(error: unknown): string {
  return error instanceof KmonError ? (error.evidence ?? '') : '';
}

/** With tables that decide nothing yet, the machines that an overlay knows, and when the owner's file was changed. */
function system(machine: PrivateMachine): string {
  return machine.system(`[ ! -s ${RULES} ] || cat ${RULES}
[ ! -e /sys/class/net/kmon-vxlan ] || bridge fdb show dev kmon-vxlan
[ ! -e /etc/x.conf ] || stat -c 'changed %n %Y' /etc/x.conf`);
}
