import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../src/engine/events.js';
import { ledgersIn } from '../../../src/engine/file-ledger.js';
import { planFor } from '../../../src/engine/plan.js';
import { exitCodeOf } from '../../../src/engine/report.js';
import type { RunReport } from '../../../src/engine/report.js';
import { runStages } from '../../../src/engine/run.js';
import type { Work } from '../../../src/engine/stage.js';
import { EXIT_CODES } from '../../../src/errors/exit-codes.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { KnownRoom, Room } from '../../../src/room/room.js';
import type { OtherRunner } from '../../../src/runner/open-other.js';
import { giveComputersBack } from '../../../src/stages/computer/give-back.js';
import { lookAtComputers } from '../../../src/stages/computer/look.js';
import { openExporter } from '../../../src/stages/computer/open-exporter.js';
import { fakeClock, PARENT, sampleFacts } from '../../support/sample-room.js';
import { MemoryMachine } from '../engine/memory-machine.js';

const PC = { name: 'pc-win', address: '192.0.2.21', exporterPort: 9182 };
const MAC = { name: 'teacher-mac', address: '192.0.2.20', exporterPort: 9100 };
const OPENS = openExporter(() => ({ subnet: '192.0.2.0/24' }));

/** Kept by a computer that understands what kmon runs there by what it holds; `entries` are kmon's own. */
class Computer {
  readonly told: string[] = [];
  entries: string[] = [];
  /** What its next change comes to instead. */
  refuses: KmonError | undefined;
  deaf = false;

  runner(family: 'windows' | 'macos', name: string): OtherRunner {
    const system = { family, name: family, version: '1' } as const;
    if (family === 'windows') {
      return {
        family,
        system,
        run: {
          machine: name,
          query: async () =>
            `@@rule\n${this.entries.map((n) => `\nName : ${n}\nEnabled : True\nAction : Allow\n`).join('')}\n@@end\n`,
          mutate: async (intent, { text }, stage) =>
            this.change(text, /^New-NetFirewallRule -Name '(\S+)'/m, intent, stage),
        },
      };
    }
    return {
      family,
      system,
      run: {
        machine: name,
        dryRun: false,
        query: async () => {
          const stdout = `@@record\n${this.entries.map((e) => `${e}\n`).join('')}@@pf\n@@end\n`;
          return { stdout, stderr: '', exitCode: 0, durationMs: 0 };
        },
        attempt: async () => Promise.reject(new Error('nothing is tried here')),
        mutate: async (intent, { script }, stage) => {
          await this.change(script, /--(add) /, intent, stage);
        },
      },
    };
  }

  private async change(text: string, opens: RegExp, intent: string, stage?: string): Promise<string> {
    this.told.push(`${stage ?? ''}: ${intent}`);
    if (this.refuses !== undefined) throw this.refuses;
    const opened = opens.exec(text)?.[1];
    if (opened === undefined) this.entries = [];
    else if (!this.deaf) this.entries.push(opened);
    return '';
  }
}

describe.each([
  ['windows', PC, 'kmon-exporter-9182'],
  ['macos', MAC, 'add'],
] as const)('an observed computer that runs %s', (family, computer, own) => {
  const room: Room = { name: 'atelier-1', parent: PARENT, children: [], observed: [computer] };
  let there: Computer;
  let reach: () => Promise<OtherRunner | undefined>;
  let parent: MemoryMachine;
  let journal: string[];
  let events: EngineEvent[];
  let stateDir: string;
  let file: string;
  let stop: AbortController;

  beforeEach(() => {
    there = new Computer();
    reach = async () => there.runner(family, computer.name);
    journal = [];
    parent = new MemoryMachine(PARENT.name, journal);
    stateDir = mkdtempSync(join(tmpdir(), 'kmon-observed-'));
    file = join(stateDir, 'ledgers', `${computer.name}.jsonl`);
    stop = new AbortController();
  });

  const run = (stage: Work<unknown, KnownRoom>, dryRun = false): Promise<RunReport> => {
    events = [];
    there.told.length = 0;
    journal.length = 0;
    return runStages(planFor('rehearse', room, [stage], [], [], [computer]), {
      config: { room },
      supply: undefined,
      clusterThrough: () => undefined,
      computers: { reach: () => reach(), ledger: ledgersIn(stateDir) },
      connect: async () => parent,
      redial: async () => undefined,
      facts: async () => sampleFacts(PARENT),
      clock: fakeClock(),
      signal: stop.signal,
      emit: (event) => events.push(event),
      dryRun,
      concurrency: 30,
      lock: {
        owner: { command: 'rehearse', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' },
        force: false,
        isDead: () => false,
      },
      keepRoomId: async () => undefined,
    });
  };
  const planned = (): readonly string[] =>
    events.flatMap((e) => (e.type === 'planned' ? [`${e.stage}: ${e.change}`] : []));
  const outcomes = (report: RunReport): readonly string[] =>
    report.rows.filter((r) => r.machine === computer.name).map((r) => r.outcome);
  const cause = (report: RunReport): KmonError | undefined => report.setAside[0]?.error ?? report.failure;

  it.each([
    ['opened, fresh', OPENS, 0],
    ['opened, with what another port had', OPENS, 1],
    ['given back', giveComputersBack, 2],
    ['given back without a ledger', giveComputersBack, 1],
  ] as const)('is planned as it is done, and done once: %s', async (_, stage, before) => {
    if (before === 1) there.entries = family === 'macos' && stage === OPENS ? [] : ['for another port'];
    if (before === 2) await run(OPENS);
    const was = [...there.entries];
    const ledger = existsSync(file) && readFileSync(file, 'utf8');
    expect(outcomes(await run(stage, true))).toEqual(['planned']);
    expect([there.entries, there.told]).toEqual([was, []]);
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(ledger);
    expect(journal.filter((line) => line.includes(' ! '))).toEqual([]);
    const lines = planned();
    expect(lines).toHaveLength(1);
    expect(outcomes(await run(stage))).toEqual(['changed']);
    expect([planned(), there.told]).toEqual([lines, lines]);
    expect(outcomes(await run(stage))).toEqual(['unchanged']);
    expect([planned(), there.told]).toEqual([[], []]);
  });

  it('is a place of the run: told as one by the events', async () => {
    await run(OPENS);
    const of = events.filter((e) => 'stage' in e && e.stage === 'open-exporter').map((e) => e.type);
    expect(of.filter((type) => type !== 'command')).toEqual([
      'stage-started',
      'machine-started',
      'planned',
      'progress',
      'machine-finished',
      'stage-finished',
    ]);
    expect(events[0]).toMatchObject({
      machines: [computer.name],
      addresses: { [computer.name]: computer.address },
    });
    expect(there.told).toEqual([
      `open-exporter: open port ${computer.exporterPort} in its firewall for 192.0.2.0/24`,
    ]);
  });

  it('is changed under the lock of the room', async () => {
    await run(OPENS);
    expect(journal.some((line) => /lock/.test(line))).toBe(true);
    expect(parent.lock).toBeUndefined();
  });

  it('is noted beside kmon.yaml before it is opened', async () => {
    await run(OPENS);
    expect(there.entries).toEqual([own]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      seq: 1,
      stage: 'open-exporter',
      kind: `${family}-exporter-opening`,
      params: { port: computer.exporterPort },
      found: { open: false, ours: 0 },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is not touched when it cannot be noted', async () => {
    mkdirSync(join(file, 'in-the-way'), { recursive: true });
    expect(cause(await run(OPENS))).toMatchObject({ code: 'precondition' });
    expect(there.told).toEqual([]);
  });

  it('is told when the change did not take, and still given back', async () => {
    there.deaf = true;
    expect(cause(await run(OPENS))).toMatchObject({ code: 'not-verified' });
    expect(exitCodeOf(await run(giveComputersBack))).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  it('is as it was, and has no ledger, when it was given back', async () => {
    await run(OPENS);
    await run(giveComputersBack);
    expect([there.entries, existsSync(file)]).toEqual([[], false]);
  });

  it('stays in the ledger when it cannot be closed, and is closed another time', async () => {
    await run(OPENS);
    there.refuses = new KmonError('command', 'could not: Access is denied');
    const failed = cause(await run(giveComputersBack));
    expect(failed).toMatchObject({ code: 'not-verified' });
    expect(failed?.evidence).toContain('Access is denied');
    there.refuses = undefined;
    expect(existsSync(file)).toBe(true);
    expect(outcomes(await run(giveComputersBack))).toEqual(['changed']);
    expect([there.entries, existsSync(file)]).toEqual([[], false]);
  });

  it('is in the ledger from then on when what was opened without one cannot be closed', async () => {
    there.entries = [own];
    there.refuses = new KmonError('no-sudo', 'nobody gave a password');
    expect(cause(await run(giveComputersBack))).toMatchObject({ code: 'no-sudo' });
    expect([there.entries, existsSync(file)]).toEqual([[own], true]);
    there.refuses = undefined;
    expect(outcomes(await run(giveComputersBack))).toEqual(['changed']);
    expect([there.entries, existsSync(file)]).toEqual([[], false]);
  });

  it('is left as it is by Ctrl-C', async () => {
    await run(OPENS);
    stop.abort(new Error('interrupted'));
    expect((await run(giveComputersBack)).failure).toMatchObject({ code: 'interrupted' });
    expect([there.entries, there.told, existsSync(file)]).toEqual([[own], [], true]);
  });

  it('is no failure when it cannot be reached, unless something is noted of it', async () => {
    reach = async () => Promise.reject(new KmonError('unreachable', 'no way'));
    expect(exitCodeOf(await run(lookAtComputers))).toBe(0);
    expect(exitCodeOf(await run(giveComputersBack))).toBe(0);
    reach = async () => there.runner(family, computer.name);
    await run(OPENS);
    reach = async () => Promise.reject(new KmonError('unreachable', 'no way'));
    expect(exitCodeOf(await run(giveComputersBack))).toBe(EXIT_CODES.unreachable);
    expect(existsSync(file)).toBe(true);
  });

  it('is left alone when it runs something else by now', async () => {
    await run(OPENS);
    reach = async () => undefined;
    expect(outcomes(await run(OPENS))).toEqual(['unchanged']);
    expect(cause(await run(giveComputersBack))?.message).toContain('runs another system');
    const other = family === 'macos' ? 'windows' : 'macos';
    reach = async () => there.runner(other, computer.name);
    expect(cause(await run(giveComputersBack))?.message).toContain('runs another system');
    expect([there.told, existsSync(file)]).toEqual([[], true]);
  });

  it('is not guessed at when the ledger is damaged', async () => {
    await run(OPENS);
    writeFileSync(file, `x\n${readFileSync(file, 'utf8')}`);
    expect(cause(await run(giveComputersBack))?.message).toContain('is damaged');
    expect(there.entries).toEqual([own]);
  });
});
