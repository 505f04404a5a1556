import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/engine/ledger.js';
import {
  appendLedger,
  forgetLedger,
  forgetRemains,
  hasRemains,
  isNoted,
  readLedger,
} from '../../../src/engine/ledger.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import type { Runner } from '../../../src/runner/runner.js';
import { withOptions } from '../../../src/shell/command.js';
import { HOSTILE } from '../resources/examples.js';
import { canBePrivate, PrivateMachine } from '../resources/private-machine.js';

const FILE = '/var/lib/kmon/ledger.jsonl';

function entry(seq: number, found: LedgerEntry['found'] = HOSTILE): LedgerEntry {
  const at = '2026-01-01T00:00:00.000Z';
  return { seq, at, run: 'r1', stage: 'system', id: `thing ${seq}`, kind: 'test', params: { seq }, found };
}

describe.skipIf(!canBePrivate)('the ledger', { timeout: 30_000 }, () => {
  let machine: PrivateMachine;
  beforeEach(async () => {
    machine = await PrivateMachine.start();
  });
  afterEach(() => {
    machine.stop();
  });

  it('gives back what was written, in order, whatever it holds', async () => {
    expect(await readLedger(machine)).toEqual([]);
    await appendLedger(machine, [entry(1), entry(2, { a: [null, 1, 'x\ny'] })]);
    await appendLedger(machine, [entry(3, 'x'.repeat(1_000_000))]);
    expect(await readLedger(machine)).toEqual([
      entry(1),
      entry(2, { a: [null, 1, 'x\ny'] }),
      entry(3, 'x'.repeat(1_000_000)),
    ]);
  });

  it('takes no entry of another room, and none without one into that of a room', async () => {
    const of = (id: string): LedgerEntry['room'] => ({
      id,
      name: 'a',
      parent: '10.0.0.1',
      role: 'child',
      by: 'ada@desk',
    });
    const marked = (seq: number, id: string): LedgerEntry => ({ ...entry(seq), room: of(id) }) as LedgerEntry;
    await appendLedger(machine, [marked(1, 'room-1')]);
    await appendLedger(machine, [marked(2, 'room-1')]);
    await expect(appendLedger(machine, [marked(3, 'room-2')])).rejects.toMatchObject({
      evidence: 'the machine belongs to another room: its ledger is not of this one',
    });
    expect((await readLedger(machine)).map((e) => [e.seq, e.room?.id])).toEqual([
      [1, 'room-1'],
      [2, 'room-1'],
    ]);
  });

  it("is root's alone, and leaves no second file", async () => {
    await appendLedger(machine, [entry(1)]);
    await appendLedger(machine, [entry(2)]);
    expect(machine.sh('cd /var/lib/kmon; stat -c "%n %a %U" . *')).toBe(
      '. 700 root\nledger.jsonl 600 root\n',
    );
  });

  it.each([
    ['half a line', `printf '{"seq":3,"at' >>${FILE}`],
    ['a line feed that did not make it', `printf '%s' '${JSON.stringify(entry(3, 'x'))}' >>${FILE}`],
    ['a line of zeros', String.raw`printf '\0\0\0\0\0\0\0\0' >>${FILE}`],
    ['a line of zeros with its line feed', String.raw`printf '\0\0\0\0\0\0\0\n' >>${FILE}`],
  ])('goes on after %s at its end, and says so', async (_what, tear) => {
    await appendLedger(machine, [entry(1), entry(2)]);
    machine.sh(tear);
    const said: string[] = [];
    expect(await readLedger(machine, (text) => said.push(text))).toEqual([entry(1), entry(2)]);
    expect(said).toEqual(['the last line of the ledger is torn: what it was about had not begun']);
  });

  it('drops a torn line before it adds to it', async () => {
    await appendLedger(machine, [entry(1)]);
    machine.sh(String.raw`printf '{"seq":2,\0' >>${FILE}`);
    await appendLedger(machine, [entry(3)]);
    expect(await readLedger(machine)).toEqual([entry(1), entry(3)]);
  });

  it('stops at a damaged line in the middle, and names it', async () => {
    await appendLedger(machine, [entry(1), entry(2), entry(3)]);
    machine.sh(`sed -i '2s/seq/se/' ${FILE}`);
    await expect(readLedger(machine)).rejects.toMatchObject({
      code: 'precondition',
      message: `line 2 of ${FILE} is damaged`,
      hint: expect.stringContaining('pc-test') as string,
    });
    machine.sh(`sed -i '2s/se/seq/; 3s/seq/se/' ${FILE}; printf '{' >>${FILE}`);
    await expect(readLedger(machine)).rejects.toMatchObject({ code: 'precondition' });
  });

  it('refuses entries that did not arrive whole, and keeps what it had', async () => {
    await appendLedger(machine, [entry(1)]);
    const cut: Runner = {
      machine: 'pc-test',
      dryRun: false,
      query: (c) => machine.query(c),
      attempt: (c) => machine.attempt(c),
      // A connection that breaks in the middle of stdin.
      mutate: (intent, c) =>
        machine.mutate(
          intent,
          withOptions(c, { stdin: typeof c.stdin === 'string' ? c.stdin.slice(0, 40) : '' }),
        ),
    };
    await expect(appendLedger(cut, [entry(2)])).rejects.toMatchObject({
      evidence: 'the entry did not arrive whole',
    });
    expect(await readLedger(machine)).toEqual([entry(1)]);
    expect(machine.sh('ls /var/lib/kmon')).toBe('ledger.jsonl\n');
  });

  it('forgets what it is told to, and itself with the last entry', async () => {
    await appendLedger(
      machine,
      [1, 2, 12, 21].map((n) => entry(n)),
    );
    machine.sh('touch /var/lib/kmon/packages-x');
    await forgetLedger(machine, [2, 21]);
    expect((await readLedger(machine)).map((e) => e.seq)).toEqual([1, 12]);
    await forgetLedger(machine, [1, 12]);
    expect(machine.sh('ls /var/lib')).toBe('');
    await forgetLedger(machine, [1, 12]);
  });

  it('does not take a value for an entry that begins like another', async () => {
    await appendLedger(machine, [entry(1, '{"seq":7,'), entry(7)]);
    await forgetLedger(machine, [7]);
    expect((await readLedger(machine)).map((e) => e.seq)).toEqual([1]);
  });

  it('knows a folder that a crash left without a ledger', async () => {
    expect(await hasRemains(machine)).toBe(false);
    machine.sh('mkdir -m 0700 /var/lib/kmon; echo half >/var/lib/kmon/ledger.new');
    expect(await hasRemains(machine)).toBe(true);
    await forgetRemains(machine);
    expect(machine.sh('ls /var/lib')).toBe('');
    await appendLedger(machine, [entry(1)]);
    expect(await hasRemains(machine)).toBe(false);
    await forgetRemains(machine);
    expect(await readLedger(machine)).toEqual([entry(1)]);
  });
});

describe('isNoted', () => {
  it('wants the same thing with the same parameters', () => {
    const thing = sysctl({ key: 'net.ipv4.ip_forward', value: '1' });
    const noted = {
      ...entry(1),
      id: thing.id,
      kind: thing.kind,
      params: { key: 'net.ipv4.ip_forward', value: '1' },
    };
    expect(isNoted([noted], thing)).toBe(true);
    expect(isNoted([noted], sysctl({ key: 'net.ipv4.ip_forward', value: '0' }))).toBe(false);
    expect(isNoted([], thing)).toBe(false);
  });
});
