import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { giveBack } from '../../../src/engine/give-back.js';
import { machinePlace } from '../../../src/engine/place.js';
import type { LedgerEntry } from '../../../src/engine/ledger.js';
import { appendLedger, isNoted, readLedger } from '../../../src/engine/ledger.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { directory } from '../../../src/resources/directory.js';
import { file } from '../../../src/resources/file.js';
import { footprint } from '../../../src/resources/footprint/footprint.js';
import { hostsEntry } from '../../../src/resources/hosts-entry.js';
import { kmonFiles } from '../../../src/resources/kmon-files.js';
import { kubeadmNode } from '../../../src/resources/kubeadm-node.js';
import type { Resource, Reversible } from '../../../src/resources/resource.js';
import { route } from '../../../src/resources/route.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import type { Runner } from '../../../src/runner/runner.js';
import { canBePrivate, PrivateMachine } from '../resources/private-machine.js';

const options = { say: () => undefined, signal: new AbortController().signal };

const CHANGES: readonly Resource[] = [
  sysctl({ key: 'net.ipv4.ip_default_ttl', value: '70' }),
  file({ path: '/etc/deep/x.conf', content: 'x' }),
  file({ path: '/etc/owners', content: 'kmon' }),
  hostsEntry({ entries: [{ address: '10.77.0.9', names: ['kmon-parent'] }] }),
  directory({ path: '/opt/k' }),
  file({ path: '/opt/k/f', content: 'f' }),
  route({ destination: '10.244.0.0/16', via: '10.77.0.9' }),
];

async function note(run: PrivateMachine, things: readonly Reversible[], stage = 's'): Promise<void> {
  const known = await readLedger(run);
  const fresh = things.filter((t) => !isNoted(known, t));
  const states = await run.look(fresh);
  const last = known.at(-1)?.seq ?? 0;
  const entries = fresh.map((t, i): LedgerEntry => ({
    seq: last + 1 + i,
    at: '2026-01-01T00:00:00.000Z',
    run: 'r',
    stage,
    id: t.id,
    kind: t.kind,
    params: t.params,
    found: states[i] ?? null,
  }));
  await appendLedger(run, entries);
}

/** A folder that was made for a file in it goes with the file. */
const WITH_ITS_FILE = { id: 'directory /opt/k', outcome: 'as-found' } as const;

/** The workshop in small: kmon's tools, resources, and what they make. */
async function workshop(run: PrivateMachine): Promise<void> {
  await note(run, [kmonFiles(), footprint(), ...CHANGES]);
  const found = await run.look(CHANGES);
  for (const [i, thing] of CHANGES.entries()) await run.mutate('', thing.change(found[i] ?? null));
  run.sh('mkdir -p /opt/kmon/bin /var/lib/etcd/member; touch /opt/kmon/bin/kubeadm');
}

/** Three things of it, for what has to be done many times. */
async function smallWorkshop(run: PrivateMachine): Promise<void> {
  const few = CHANGES.filter((c) => c.kind === 'file').slice(0, 2);
  await note(run, [kmonFiles(), ...few]);
  const found = await run.look(few);
  for (const [i, thing] of few.entries()) await run.mutate('', thing.change(found[i] ?? null));
  run.sh('mkdir -p /opt/kmon/bin');
}

/** Breaks at the given command, before it runs or after it ran. */
function breakingAt(run: Runner, at: number, when: 'before' | 'after'): Runner {
  let count = 0;
  const lost = new KmonError('connection-lost', 'the connection broke');
  const through = async <T>(go: () => Promise<T>): Promise<T> => {
    count += 1;
    if (count > at || (count === at && when === 'before')) throw lost;
    const result = await go();
    if (count === at) throw lost;
    return result;
  };
  return {
    machine: run.machine,
    dryRun: false,
    query: (c) => through(() => run.query(c)),
    attempt: (c) => through(() => run.attempt(c)),
    mutate: (intent, c) => through(() => run.mutate(intent, c)),
  };
}

describe.skipIf(!canBePrivate)('giving back', { timeout: 120_000 }, () => {
  let machine: PrivateMachine;
  beforeEach(async () => {
    machine = await PrivateMachine.start();
    machine.sh('echo mine >/etc/owners; chmod 0640 /etc/owners');
  });
  afterEach(() => {
    machine.stop();
  });

  it('undoes everything, last change first, and leaves no ledger', async () => {
    const before = machine.snapshot();
    await workshop(machine);
    const report = await giveBack(machinePlace(machine), options);
    expect(report.map((r) => `${r.outcome} ${r.id}`)).toEqual([
      ...CHANGES.map((c) => `${c.id === WITH_ITS_FILE.id ? 'as-found' : 'restored'} ${c.id}`).toReversed(),
      'restored footprint of Kubernetes',
      'restored kmon files /opt/kmon',
    ]);
    expect(machine.snapshot()).toBe(before);
    expect(await giveBack(machinePlace(machine), options)).toEqual([]);
  });

  it('comes to the same end wherever it is broken off, and when it is run again', async () => {
    const before = machine.snapshot();
    for (const when of ['before', 'after'] as const) {
      let broken = true;
      for (let at = 1; broken; at += 1) {
        await smallWorkshop(machine);
        broken = await giveBack(machinePlace(breakingAt(machine, at, when)), options).then(
          () => false,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'connection-lost' });
            return true;
          },
        );
        const report = await giveBack(machinePlace(machine), options);
        expect(report.filter((r) => r.outcome === 'failed' || r.outcome === 'left')).toEqual([]);
        expect(machine.snapshot(), `broken ${when} command ${at}`).toBe(before);
      }
    }
  });

  it('gives back a machine on which the workshop broke off before its change', async () => {
    const before = machine.snapshot();
    await note(machine, CHANGES);
    const report = await giveBack(machinePlace(machine), options);
    expect(new Set(report.map((r) => r.outcome))).toEqual(new Set(['as-found']));
    expect(machine.snapshot()).toBe(before);
  });

  it('goes on past a thing that fails, keeps that one, and gives it back another time', async () => {
    const before = machine.snapshot();
    await workshop(machine);
    machine.sh('mkdir /var/lib/etcd/m; mount --bind /root /var/lib/etcd/m');
    const report = await giveBack(machinePlace(machine), options);
    expect(report.filter((r) => r.outcome !== 'restored')).toEqual([
      WITH_ITS_FILE,
      {
        id: 'footprint of Kubernetes',
        outcome: 'failed',
        reason: 'exit code 1: /var/lib/etcd is kept: something is still mounted there',
      },
    ]);
    expect((await readLedger(machine)).map((e) => e.kind)).toEqual(['footprint']);
    machine.sh('umount /var/lib/etcd/m');
    expect(await giveBack(machinePlace(machine), options)).toEqual([
      { id: 'footprint of Kubernetes', outcome: 'restored' },
    ]);
    expect(machine.snapshot()).toBe(before);
  });

  it('keeps the tools and files that a node still needs to be undone', async () => {
    await note(machine, [kmonFiles(), sysctl({ key: 'net.ipv4.ip_default_ttl', value: '70' })]);
    await note(machine, [kubeadmNode({ binDir: '/opt/kmon/bin', criSocket: '/run/none.sock' })]);
    machine.sh(
      'mkdir -p /opt/kmon/bin /etc/kubernetes; touch /etc/kubernetes/kubelet.conf; echo 70 >/proc/sys/net/ipv4/ip_default_ttl',
    );
    const report = await giveBack(machinePlace(machine), options);
    expect(report).toEqual([
      {
        id: 'kubeadm node',
        outcome: 'failed',
        reason: expect.stringContaining('no kubeadm in /opt/kmon/bin') as string,
      },
      { id: 'sysctl net.ipv4.ip_default_ttl', outcome: 'restored' },
      {
        id: 'kmon files /opt/kmon',
        outcome: 'failed',
        reason: 'kept, since "kubeadm node" still needs it to be undone',
      },
    ]);
    expect(machine.sh('ls -d /opt/kmon')).toBe('/opt/kmon\n');
  });

  it('leaves to others what they changed, says so once, and forgets it', async () => {
    await workshop(machine);
    machine.sh('echo theirs >/etc/owners');
    const report = await giveBack(machinePlace(machine), options);
    expect(report.filter((r) => r.outcome !== 'restored')).toEqual([
      WITH_ITS_FILE,
      { id: 'file /etc/owners', outcome: 'left', reason: 'changed since by somebody else' },
    ]);
    expect(machine.sh('cat /etc/owners')).toBe('theirs\n');
    expect(await giveBack(machinePlace(machine), options)).toEqual([]);
  });

  it('knows what kmon made under earlier parameters, and gives back the first that was found', async () => {
    for (const content of ['one', 'two', 'three']) {
      const thing = file({ path: '/etc/owners', content });
      await note(machine, [thing]);
      if (content !== 'three')
        await machine.mutate('', thing.change(thing.parse(await machine.query(thing.read))));
    }
    expect(await giveBack(machinePlace(machine), options)).toEqual([
      { id: 'file /etc/owners', outcome: 'restored' },
    ]);
    expect(machine.sh('cat /etc/owners; stat -c %a /etc/owners')).toBe('mine\n640\n');
  });

  it('gives back what one stage has noted, to how that one has found it, and leaves the rest', async () => {
    const shared = '/etc/owners';
    const first = file({ path: shared, content: 'of the first' });
    const second = file({ path: shared, content: 'of the second' });
    const more = file({ path: '/etc/deep/second', content: 'x' });
    const make = async (thing: Resource, stage: string): Promise<void> => {
      const [found] = await machine.look([thing]);
      await note(machine, [thing], stage);
      await machine.mutate('', thing.change(found ?? null));
    };
    const before = machine.snapshot();
    await make(first, 'first');
    const between = machine.sh(`cat ${shared}`);
    await make(second, 'second');
    await make(more, 'second');

    const report = await giveBack(machinePlace(machine), { ...options, only: 'second' });
    expect(report.map((r) => `${r.outcome} ${r.id}`)).toEqual([
      `restored ${more.id}`,
      `restored ${second.id}`,
    ]);
    expect(machine.sh(`cat ${shared}`)).toBe(between);
    expect(machine.sh('ls -d /etc/deep 2>/dev/null || echo gone').trim()).toBe('gone');
    expect((await readLedger(machine)).map((e) => e.stage)).toEqual(['first']);
    expect(await giveBack(machinePlace(machine), { ...options, only: 'second' })).toEqual([]);
    expect((await readLedger(machine)).map((e) => e.stage)).toEqual(['first']);

    await giveBack(machinePlace(machine), options);
    expect(machine.snapshot()).toBe(before);
  });

  it('leaves to another stage of kmon what that one has changed since, and names nobody else for it', async () => {
    const [first, second] = ['first', 'second'].map((content) => file({ path: '/etc/owners', content }));
    const other = file({ path: '/etc/deep/first', content: 'x' });
    if (first === undefined || second === undefined) throw new Error('two files');
    const make = async (thing: Resource, stage: string): Promise<void> => {
      const [found] = await machine.look([thing]);
      await note(machine, [thing], stage);
      await machine.mutate('', thing.change(found ?? null));
    };
    const before = machine.snapshot();
    await make(first, 'first');
    await make(other, 'first');
    await make(second, 'second');

    const one = { ...options, only: 'first' };
    expect((await giveBack(machinePlace(machine), one)).map((r) => `${r.outcome} ${r.id}`)).toEqual([
      `restored ${other.id}`,
      `passed-on ${first.id}`,
    ]);
    expect(machine.sh('cat /etc/owners')).toBe('second');
    expect((await readLedger(machine)).map((e) => e.stage)).toEqual(['second']);
    expect(await giveBack(machinePlace(machine), one)).toEqual([]);

    await giveBack(machinePlace(machine), options);
    expect(machine.snapshot()).toBe(before);
    expect(await readLedger(machine)).toEqual([]);
  });

  it('stops before the next thing when it is interrupted, and remembers what is proven', async () => {
    await workshop(machine);
    const stop = new AbortController();
    const interrupted = new KmonError('interrupted', 'stopped by Ctrl-C');
    const say = (): void => {
      stop.abort(interrupted);
    };
    await expect(giveBack(machinePlace(machine), { say, signal: stop.signal })).rejects.toBe(interrupted);
    expect((await readLedger(machine)).length).toBeGreaterThan(0);
    expect((await giveBack(machinePlace(machine), options)).some((r) => r.outcome === 'failed')).toBe(false);
  });

  it('touches nothing when the ledger has an entry of a newer kmon', async () => {
    await workshop(machine);
    machine.sh(`sed -i '1s/"kind":"[a-z-]*"/"kind":"teapot"/' /var/lib/kmon/ledger.jsonl`);
    const before = machine.snapshot();
    await expect(giveBack(machinePlace(machine), options)).rejects.toMatchObject({ code: 'precondition' });
    expect(machine.snapshot()).toBe(before);
  });
});
