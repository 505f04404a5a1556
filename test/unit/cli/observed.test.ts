import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { closeObserved, openObserved, planObserved } from '../../../src/cli/actions/observed.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { OtherRunner } from '../../../src/runner/open-other.js';
import type { Command } from '../../../src/shell/command.js';
import { sampleConfig } from '../../support/sample-room.js';

const PC = { name: 'pc-win', address: '192.0.2.21', exporterPort: 9182 };
const MAC = { name: 'teacher-mac', address: '192.0.2.20', exporterPort: 9100 };
const network = () => ({ subnet: '192.0.2.0/24' });
const signal = new AbortController().signal;

/** Kept by a computer that understands what kmon runs there by what it holds; `entries` are kmon's own. */
class Computer {
  readonly asked: ('asking' | 'silent')[] = [];
  readonly changed: string[] = [];
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
          mutate: async (_, { text }) => this.change(text, /^New-NetFirewallRule -Name '(\S+)'/m),
        },
      };
    }
    return {
      family,
      system,
      run: {
        machine: name,
        dryRun: false,
        query: async ({ script }: Command) => {
          const nonce = /^echo '(\S+) 0'/.exec(script)?.[1] ?? '';
          const stdout = `${nonce} 0\n@@record\n${this.entries.map((e) => `${e}\n`).join('')}@@pf\n@@end\n\n${nonce} end 0\n`;
          return { stdout, stderr: '', exitCode: 0, durationMs: 0 };
        },
        attempt: async () => Promise.reject(new Error('nothing is tried here')),
        mutate: async (_, { script }) => {
          await this.change(script, /--(add) /);
        },
      },
    };
  }

  private async change(text: string, opens: RegExp): Promise<string> {
    this.changed.push(text);
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
  let there: Computer;
  let events: EngineEvent[];
  let app: Parameters<typeof openObserved>[0];
  let file: string;
  const notes = (): readonly string[] => events.flatMap((e) => (e.type === 'note' ? [e.text] : []));
  const open = () => openObserved(app, [computer], network, signal);
  const close = (dryRun = false) => closeObserved(app, [computer], { dryRun, signal });

  beforeEach(() => {
    there = new Computer();
    events = [];
    const stateDir = mkdtempSync(join(tmpdir(), 'kmon-observed-'));
    file = join(stateDir, 'ledgers', `${computer.name}.jsonl`);
    app = {
      config: { ...sampleConfig(), stateDir },
      other: async (_, how) => {
        there.asked.push(how);
        return there.runner(family, computer.name);
      },
      tell: (event) => void events.push(event),
    };
  });

  it('is planned as it is done, and not changed by that', async () => {
    expect(await planObserved(app, [computer], network)).toEqual([
      {
        stage: 'fix',
        machine: computer.name,
        change: `open port ${computer.exporterPort} in its firewall for 192.0.2.0/24`,
      },
    ]);
    expect([there.changed, there.asked]).toEqual([[], ['silent']]);
    await open();
    expect(await planObserved(app, [computer], network)).toEqual([]);
  });

  it('is noted beside kmon.yaml before it is opened, and proven', async () => {
    expect(await open()).toEqual([]);
    expect(there.entries).toEqual([own]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      seq: 1,
      kind: `${family}-exporter-opening`,
      params: { port: computer.exporterPort },
      found: { open: false, ours: 0 },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await open();
    expect(there.changed).toHaveLength(1);
  });

  it('is not touched when it cannot be noted', async () => {
    mkdirSync(join(file, 'in-the-way'), { recursive: true });
    const failed = await open();
    expect(failed).toMatchObject([{ code: 'precondition' }]);
    expect(there.changed).toEqual([]);
  });

  it('is told when the change did not take, and still given back', async () => {
    there.deaf = true;
    expect((await open())[0]).toMatchObject({ code: 'not-verified' });
    expect(notes()[0]).toContain('did not take the change');
    expect(await close()).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  it('is given back by the ledger, which is gone then', async () => {
    await open();
    expect(await close(true)).toEqual([]);
    expect(notes()).toEqual(['would be changed: the port of its exporter is closed again']);
    expect(there.entries).toEqual([own]);
    expect(await close()).toEqual([]);
    expect(notes().at(-1)).toBe('its firewall is as it was');
    expect([there.entries, existsSync(file)]).toEqual([[], false]);
    there.asked.length = 0;
    await close();
    expect([notes().length, there.asked]).toEqual([2, ['silent']]);
  });

  it('is given back where a kmon without such a ledger opened it', async () => {
    there.entries = [own, 'for another port'];
    expect(await close()).toEqual([]);
    expect(notes()).toEqual(['its firewall is as it was']);
    expect([there.entries, existsSync(file)]).toEqual([[], false]);
  });

  it('stays in the ledger when it cannot be closed, and is closed another time', async () => {
    await open();
    there.refuses = new KmonError('command', 'could not: Access is denied');
    expect((await close())[0]).toMatchObject({ code: 'command' });
    expect(notes()).toEqual(['its firewall is not as it was: could not: Access is denied']);
    there.refuses = undefined;
    expect(existsSync(file)).toBe(true);
    expect(await close()).toEqual([]);
    expect([there.entries, existsSync(file)]).toEqual([[], false]);
  });

  it('is left as it is by Ctrl-C, before and after it was opened', async () => {
    const stopped = AbortSignal.abort(new Error('interrupted'));
    expect(await openObserved(app, [computer], network, stopped)).toMatchObject([{ code: 'interrupted' }]);
    expect(there.changed).toEqual([]);
    await open();
    expect(await closeObserved(app, [computer], { dryRun: false, signal: stopped })).toEqual([]);
    expect([there.entries, existsSync(file)]).toEqual([[own], true]);
  });

  it('has nothing planned when it does not answer any more', async () => {
    app = { ...app, other: async () => Promise.reject(new KmonError('unreachable', 'no way')) };
    expect(await planObserved(app, [computer], network)).toEqual([]);
    expect(notes()).toEqual(['no way']);
  });

  it('is left when nobody can reach it', async () => {
    await open();
    app = { ...app, other: async () => Promise.reject(new KmonError('unreachable', 'no way')) };
    expect(await close()).toEqual([]);
    expect(notes()[0]).toContain('not reached (unreachable)');
    expect(existsSync(file)).toBe(true);
  });

  it('is not guessed at when the ledger is damaged', async () => {
    await open();
    writeFileSync(file, `x\n${readFileSync(file, 'utf8')}`);
    expect(await close()).toMatchObject([{ code: 'precondition' }]);
    expect(notes().at(-1)).toContain('is damaged');
    expect(there.entries).toEqual([own]);
  });
});
