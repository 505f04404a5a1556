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
import { PrivateMachine } from './private-machine.js';
import type { HalfWayCase } from './half-way-cases.js';

const LEDGER = '/var/lib/kmon/ledger.jsonl';
const OPTIONS = { say: () => undefined, signal: new AbortController().signal };

/** One thing on one machine, on which it is changed, cut off and given back again and again. */
export class HalfWayTrial {
  readonly #machine: PrivateMachine;
  readonly #case: HalfWayCase;
  readonly #before: string;
  readonly #found: Json;
  #made = '';
  #ledger: string | undefined;

  private constructor(machine: PrivateMachine, of: HalfWayCase, before: string, found: Json) {
    this.#machine = machine;
    this.#case = of;
    this.#before = before;
    this.#found = found;
  }

  static async begin(of: HalfWayCase): Promise<HalfWayTrial> {
    const machine = await PrivateMachine.start();
    prepareFaults(machine);
    putFakes(machine);
    if (of.owner !== undefined) machine.sh(`set -e\n${of.owner}`);
    const [found = null] = await machine.look([of.thing]);
    return new HalfWayTrial(machine, of, snapshot(machine), found);
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
    await this.#begin();
    const runner = new FaultyRunner(this.#machine, fault);
    const error = await this.#changed(runner, this.#found);
    if (!runner.happened) this.#made = this.#snapshot();
    else if (this.#isSatisfied(await this.#now())) {
      // Only when nothing of it is lacking.
      if (this.#made === '') await this.#whole();
      expect(withoutPassing(this.#snapshot()), `satisfied, ${where}`).toBe(withoutPassing(this.#made));
    }
    // Unless it is the cleaning up itself that failed.
    if (fault.how === 'fails' && this.#case.fails !== true && !/rm was made to fail/.test(textOf(error))) {
      expect(this.#snapshot(), where).not.toMatch(/\/\.[^/]*\.kmon-(new|old) /);
    }
    await this.#asFound(where);
    return runner.happened;
  }

  /** It is changed, and giving it back is cut off and done once more. */
  async restore(fault: Fault): Promise<boolean> {
    await this.#begin();
    await this.#changed(this.#machine, this.#found);
    const runner = new FaultyRunner(this.#machine, fault);
    await giveBack(machinePlace(runner), OPTIONS).catch(() => undefined);
    await this.#asFound(`restore ${fault.how} at ${fault.at}`);
    return runner.happened;
  }

  async note(fault: Fault): Promise<boolean> {
    const runner = new FaultyRunner(this.#machine, fault);
    await this.#noted(runner).catch(() => undefined);
    await this.#asFound(`note ${fault.how} at ${fault.at}`);
    return runner.happened;
  }

  async #whole(): Promise<void> {
    await this.#asFound('before the whole change');
    await this.#begin();
    await this.#changed(this.#machine, this.#found);
    this.#made = this.#snapshot();
  }

  async #asFound(where: string): Promise<void> {
    const report = await giveBack(machinePlace(this.#machine), OPTIONS);
    expect(
      report.filter((r) => r.outcome === 'failed' || r.outcome === 'left'),
      where,
    ).toEqual([]);
    expect(this.#snapshot(), where).toBe(this.#before);
  }

  #snapshot(): string {
    return snapshot(this.#machine);
  }

  async #now(): Promise<Json> {
    const [now = null] = await this.#machine.look([this.#case.thing]);
    return now;
  }

  #isSatisfied(now: Json): boolean {
    const { thing, change } = this.#case;
    return change === undefined && isResource(thing) && thing.satisfied(now);
  }

  async #changed(runner: Runner, now: Json): Promise<unknown> {
    const { thing, change } = this.#case;
    try {
      await runner.mutate('change', change ?? (thing as Resource).change(now));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Notes the thing: by kmon the first time, and then with what kmon wrote, which is a tenth of the work. */
  async #begin(): Promise<void> {
    if (this.#ledger !== undefined) {
      this.#machine.writeFile(LEDGER, this.#ledger);
      return;
    }
    await this.#noted(this.#machine);
    this.#ledger = this.#machine.readFile(LEDGER);
  }

  async #noted(runner: Runner): Promise<void> {
    const { id, kind, params } = this.#case.thing;
    const at = '2026-01-01T00:00:00.000Z';
    const entry: LedgerEntry = { seq: 1, at, run: 'r', stage: 's', id, kind, params, found: this.#found };
    await appendLedger(runner, [entry]);
  }
}

/** What may differ between two changes that are both whole: the time, and folders in /run, which are empty and gone after a restart. */
function withoutPassing(text: string): string {
  return text.replaceAll(/^run\/.* d \d+ .*\n|^changed .*\n/gm, '');
}

function textOf(error: unknown): string {
  return error instanceof KmonError ? (error.evidence ?? '') : '';
}

/** With the addresses of the link, which some cases are about; a lease runs down. */
function snapshot(machine: PrivateMachine): string {
  return machine.snapshot(`ip -o -4 address show dev lan0 | sed 's/_lft [0-9]*sec/_lft some/g'
nft list ruleset 2>/dev/null || :
stat -c 'changed %n %Y' /etc/x.conf 2>/dev/null || :`);
}
