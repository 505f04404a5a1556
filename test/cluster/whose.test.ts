import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas, snapshotsOf } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { kmon, startKmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { kmonThere } from '../support/kmon-there.js';
import { makeLab } from '../support/lab.js';
import type { TestLab, TestMachine } from '../support/lab.js';

/**
 * The table of docs/whose.md, cell by cell, on real machines with real kubeadm: what there is on a machine, and what a command does with it.
 * One lab goes through all of it, in an order in which each scene leaves what the next one needs. k3s is a stand-in: a program of that name
 * that holds the API's port under a unit of that name, which is all that kmon can see of one.
 */
const BUNDLE = process.env['KMON_BUNDLE'];
const DOC = readFileSync(new URL('../../docs/whose.md', import.meta.url), 'utf8');
/** Makes a cluster and gives it back, too: what it shows already is not shown again here. */
const WORKSHOP = readFileSync(new URL('workshop.test.ts', import.meta.url), 'utf8');
const KUBECTL = 'HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf';

type Command = 'check' | 'check --fix' | 'init-parent' | 'join-child' | 'up' | 'stress' | 'teardown';

const TABLE = DOC.split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

function cell(state: string, command: string): string {
  const row = TABLE.find(([first]) => first === state);
  const text = row?.[TABLE[0]?.indexOf(command) ?? -1];
  if (text === undefined) throw new Error(`docs/whose.md has no cell for ${state}, ${command}`);
  tried.add(`${state}, ${command}`);
  return text;
}

const tried = new Set<string>();

/** A folder with a kmon.yaml: a room, its id, and whoever sits at it. */
interface Room {
  readonly name: string;
  readonly dir: string;
}

describe.runIf(BUNDLE !== undefined || process.env['CI'] === 'true')('whose is what', () => {
  let lab: TestLab;
  let parent: TestMachine;
  let child: TestMachine;
  let third: TestMachine;
  let before: Snapshots;
  const local = new Map<string, ReturnType<typeof kmonThere>>();

  const room = (
    name: string,
    of: { readonly parent: TestMachine; readonly children: readonly TestMachine[] },
  ): Room => {
    const dir = mkdtempSync(join(lab.dir, `${name}-`));
    const file = parse(
      readFileSync(join(lab.dir, 'kmon.yaml'), 'utf8').replaceAll('./', `${lab.dir}/`),
    ) as Record<string, unknown>;
    const entry = ({ name: machine, address }: TestMachine) => ({ name: machine, address });
    const made = { ...file, room: name, parent: entry(of.parent), children: of.children.map(entry) };
    writeFileSync(join(dir, 'kmon.yaml'), stringify(made));
    return { name, dir };
  };
  const run = (at: Room, ...args: readonly string[]): Promise<Ended> =>
    kmon(args, { cwd: at.dir, timeoutMs: 600_000 });
  const given = (at: Room, command: Command, only?: TestMachine): Promise<Ended> => {
    const more = {
      check: ['check'],
      'check --fix': ['check', '--fix', '--yes'],
      stress: ['stress', '--cpu', '20', '--for', '5s'],
      teardown: ['teardown', '--yes', '--room', at.name],
    } as const;
    const args = command in more ? more[command as keyof typeof more] : [command];
    return run(at, ...args, ...(only === undefined ? [] : ['--only', only.name]));
  };

  /**
   * All that is somebody's on a machine: what a command that changes nothing leaves as it is. But for what is left of a trial's pod, which the
   * kubelet takes away within a minute. Whoever writes into a file changes its times: the content of Kubernetes' programs, a quarter of a
   * gigabyte, need not be read for each cell of the table.
   */
  const fingerprint = (m: TestMachine): string =>
    m.sh(`export LC_ALL=C
files() { find /etc/kubernetes /etc/kmon /etc/systemd/system /etc/sysctl.d /etc/modules-load.d /opt /usr/local/bin /root /home -xdev -type f "$@" 2>/dev/null; }
{ files -size -1024k -print0 | sort -z | xargs -0 -r sha256sum; files -size +1023k -printf '%p %i %s %T@ %C@\\n' | sort; sha256sum /etc/hosts /var/lib/kmon/* 2>/dev/null; ls -a /etc /opt /run/kmon-room.lock /var/lib/etcd/member 2>&1; } || :
systemctl list-units --no-legend --plain --state=active --type=service,socket | awk '{ print $1 }' | grep -v '^\\(user\\|session\\|ssh@\\)' | sort
ps -eo pid=,comm= | grep -E 'kube|etcd|containerd|coredns|prometheus|node_exp|k3s|stress' | sort || :
for t in iptables-legacy iptables-nft; do $t-save 2>/dev/null | grep -v '^#' | sed 's/\\[.*\\]//'; done || :
nft --stateless list tables 2>/dev/null || :; awk '$5 !~ "^/run/(user|credentials)" { print $5 }' /proc/self/mountinfo | sort; systemctl list-units --no-legend --plain --state=active --type=target | awk '{ print $1 }'
dpkg-query -W -f '\${Package} \${Version} \${Status}\n'
ip -o link | cut -d: -f2 | sort; ip route
if [ -S /run/kmon-containerd/containerd.sock ]; then
  ctr() { PATH=/opt/kmon/bin:$PATH command ctr --address /run/kmon-containerd/containerd.sock -n k8s.io "$@"; }
  trials=$(ctr containers ls -q 'labels."io.kubernetes.pod.name"~=^kmon-trial-' || :)
  # Containers that have ended are the kubelet's to take away, when it likes.
  for what in 'images ls -q' 'tasks ls -q'; do ctr $what | sort | grep -vxF "$trials" || :; done
fi`);

  /** What a command is compared with: once the pod of a trial of the command before has gone, with its mounts and its link. */
  const settled = async (m: TestMachine): Promise<string> => {
    let now = fingerprint(m);
    if (
      m.sh(`[ ! -S /run/kmon-containerd/containerd.sock ] || PATH=/opt/kmon/bin:$PATH ctr --address /run/kmon-containerd/containerd.sock \\
  -n k8s.io containers ls -q 'labels."io.kubernetes.pod.name"~=^kmon-trial-' || :`) === ''
    )
      return now;
    const changed = (): boolean => {
      const last = now;
      now = fingerprint(m);
      return now !== last;
    };
    await expect.poll(changed, { timeout: 60_000, interval: 1500 }).toBe(false);
    return now;
  };

  /** One cell. `who` must be named where somebody is told of; the machine is compared wherever nothing may be changed. */
  const expectCell = async (
    state: string,
    command: Command,
    at: Room,
    m: TestMachine,
    o: { readonly who?: RegExp; readonly only?: TestMachine } = {},
  ): Promise<void> => {
    const wanted = cell(state, command);
    const was = await settled(m);
    const ended = await given(at, command, o.only);
    const said = `${ended.stdout}\n${ended.stderr}`;
    // A pod of a trial ends a moment after kmon, and a session of sshd too.
    const changesNothing = (): Promise<void> =>
      expect
        .poll(() => fingerprint(m).split('\n'), { timeout: 60_000, interval: 2000 })
        .toEqual(was.split('\n'));
    switch (wanted) {
      case 'finds nothing':
        expect(said).not.toMatch(/K-(LEFTOVER|OTHER)/);
        expect(ended.exitCode, said).toBe(0);
        await changesNothing();
        return;
      case 'changes nothing':
        // What was found, and not put right, is what `check --fix` ends with.
        expect(command === 'check --fix' ? [0, 22, 24] : [0], said).toContain(ended.exitCode);
        await changesNothing();
        return;
      case 'tells':
        expect(said).toMatch(o.who ?? /nobody was given/);
        expect(ended.exitCode, said).not.toBe(0);
        await changesNothing();
        return;
      case 'refuses':
        expect(said).toMatch(o.who ?? /fix: /);
        expect(said).toMatch(/fix: /);
        expect(ended.exitCode, said).toBe(22);
        await changesNothing();
        return;
      case 'works':
      case 'gives back':
        expect(ended.exitCode, said).toBe(0);
        return;
      default:
        throw new Error(`docs/whose.md says "${wanted}", which nobody tests`);
    }
  };

  const expectLocal = async (
    states: readonly string[],
    m: TestMachine,
    ...more: readonly string[]
  ): Promise<void> => {
    const wanted = new Set(states.map((state) => cell(state, 'teardown --local')));
    const was = await settled(m);
    const { exitCode, output } = local.get(m.name)?.('teardown', '--local', '--yes', ...more) ?? {
      exitCode: -1,
      output: '',
    };
    expect(exitCode, output).toBe(0);
    if (wanted.has('changes nothing')) expect(fingerprint(m).split('\n')).toEqual(was.split('\n'));
    else expect(output).toMatch(/kmon teardown: changed/);
    expect(wanted.size).toBe(1);
  };

  const expectAsFound = async (...machines: readonly TestMachine[]): Promise<void> => {
    const of = new Map([...before].filter(([name]) => machines.some((m) => m.name === name)));
    expect(notAsItWas(of, await snapshotsOf(machines))).toEqual([]);
  };

  let own: Room;
  let other: Room;
  /** The machines of `own` as children of somebody else. */
  let otherRoles: Room;

  beforeAll(async () => {
    lab = await makeLab({ children: 2, bundle: BUNDLE ?? '' });
    [parent, child, third] = ['parent', 'child-1', 'child-2'].map((name) => lab.machine(name)) as [
      TestMachine,
      TestMachine,
      TestMachine,
    ];
    for (const m of lab.machines) local.set(m.name, kmonThere(`kmon-${lab.name}-${m.name}`, m));
    before = await snapshotsOf(lab.machines);
    own = room('own', { parent, children: [child] });
    other = room('other', { parent, children: [child] });
    otherRoles = room('roles', { parent: third, children: [parent, child] });
  });
  afterAll(() => lab.down());

  describe('nothing', () => {
    const state = 'nothing';
    it.each(['check', 'check --fix', 'stress', 'teardown'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, own, parent),
    );
    it(`${state}: teardown --local`, () => expectLocal([state], third));
    it.each(['init-parent', 'join-child', 'up'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, own, parent),
    );
  });

  describe('of this room, complete', () => {
    const state = "this room's, complete";
    it.each(['check', 'check --fix', 'init-parent', 'join-child', 'up', 'stress'] as const)(
      `${state}: %s`,
      (command) => expectCell(state, command, own, parent),
    );
    it(`${state}: teardown is what the workshop ends with`, () => {
      expect(cell(state, 'teardown')).toBe('gives back');
      expect(WORKSHOP).toContain('every machine is as found');
    });
    it('goes on from another keyboard, under the same id', async () => {
      const copy = room('own', { parent, children: [child] });
      const ended = await run(copy, 'check');
      expect(ended.exitCode, ended.stdout).toBe(0);
    });
  });

  describe.each([
    ["another room's parent", () => parent, /belongs to room own, as its parent \(\S+@\S+, since /],
    ["another room's child", () => child, /belongs to room own, as a child of [\d.]+ \(\S+@\S+, since /],
  ] as const)('%s', (state, machine, who) => {
    it.each(['check', 'check --fix', 'init-parent', 'up', 'teardown'] as const)(
      `${state}: %s`,
      async (command) => {
        // The child is refused beside its parent, or as the parent of a room.
        const at = machine() === parent ? other : room('taken', { parent: child, children: [third] });
        const only =
          command === 'up' || command === 'teardown' || command.startsWith('check') ? machine() : undefined;
        await expectCell(state, command, at, machine(), { who, ...(only === undefined ? {} : { only }) });
      },
    );
    it.each(['join-child', 'stress'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, otherRoles, machine(), { who, only: machine() }),
    );
  });

  describe("an owner's cluster", () => {
    const state = "an owner's cluster (kubeadm)";
    const who = /an earlier cluster is here \(\/etc\/kubernetes\/\S+.* that kmon did not make/;
    beforeAll(() => {
      // Without its ledger, kmon's own cluster is as good as anybody's.
      for (const m of [parent, child]) m.sh('mv /var/lib/kmon /run/kmon-aside');
    });
    afterAll(() => {
      for (const m of [parent, child]) m.sh('rm -rf /var/lib/kmon; mv /run/kmon-aside /var/lib/kmon');
    });
    it.each(['check', 'check --fix', 'init-parent', 'up', 'teardown'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, own, parent, { who }),
    );
    it.each(['join-child', 'stress'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, own, child, { who, only: child }),
    );
    it('stays the owner’s when kmon has changed something else on the machine', async () => {
      parent.sh(
        `mkdir -p /var/lib/kmon; sed '/"kind":"kubeadm-node"/d; /"id":"unit kubelet/d' /run/kmon-aside/ledger.jsonl >/var/lib/kmon/ledger.jsonl`,
      );
      const was = fingerprint(parent);
      for (const command of ['check', 'init-parent', 'up'] as const) {
        const ended = await given(own, command);
        expect(`${ended.stdout}${ended.stderr}`).toMatch(who);
        expect(ended.exitCode).toBe(22);
      }
      expect(fingerprint(parent)).toBe(was);
      parent.sh('rm -rf /var/lib/kmon');
    });
    it(`${state}: teardown --local`, () => expectLocal([state], parent));
  });

  describe("an owner's k3s", () => {
    const state = "an owner's k3s";
    const who = /k3s runs here|port 6443 is taken by k3s|not in the cluster/;
    let asParent: Room;
    let asChild: Room;
    beforeAll(() => {
      third.sh(`mkdir -p /var/lib/rancher/k3s; cp /usr/bin/perl /usr/local/bin/k3s
cat >/etc/systemd/system/k3s.service <<'END'
[Service]
ExecStart=/usr/local/bin/k3s -MIO::Socket::INET -e '$$s = IO::Socket::INET->new(LocalPort => 6443, Listen => 9, ReuseAddr => 1) or die; sleep'
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload; systemctl enable --quiet --now k3s.service`);
      asParent = room('k3s', { parent: third, children: [] });
      asChild = room('own', { parent, children: [child, third] });
    });
    afterAll(() => {
      third.sh(
        'systemctl disable --quiet --now k3s.service; rm -rf /etc/systemd/system/k3s.service /usr/local/bin/k3s /var/lib/rancher; systemctl daemon-reload',
      );
    });
    it.each(['check', 'check --fix', 'init-parent', 'up', 'teardown'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, asParent, third, { who }),
    );
    it.each(['join-child', 'stress'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, asChild, third, { who, only: third }),
    );
    it(`${state}: teardown --local`, () => expectLocal([state], third));
  });

  describe('of this room, half done', () => {
    const state = "this room's, half done";
    beforeAll(() => {
      // What an init leaves that is killed after the API server was ready.
      parent.sh(`rm /etc/kubernetes/kmon-init
${KUBECTL} -n kube-system delete configmap kubeadm-config
${KUBECTL} -n kube-system delete daemonset kube-proxy
${KUBECTL} -n kube-public delete configmap cluster-info
${KUBECTL} -n kube-system wait --for=delete pod -l k8s-app=kube-proxy --timeout=90s || :
sleep 5`);
    });
    it.each(['check', 'check --fix'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, own, parent),
    );
    it(`${state}: stress`, () =>
      expectCell(state, 'stress', own, child, { who: /half made|not in the cluster|no node/ }));
    it('tells a child that joins that its cluster is half made', async () => {
      const { exitCode, stdout, stderr } = await run(own, 'join-child');
      expect(`${stdout}${stderr}`).toMatch(/half made: kubeadm-config, cluster-info, kube-proxy missing/);
      expect(exitCode).toBe(22);
    });
    it.each(['init-parent', 'join-child', 'up'] as const)(`${state}: %s`, (command) =>
      expectCell(state, command, own, parent),
    );
    it('has a cluster again that does its work', async () => {
      const again = await run(own, 'up');
      expect(again.stdout).toContain('nothing to change');
    });
  });

  it('gives back on the machine itself, whoever’s room it was', async () => {
    await expectLocal(["another room's child", "this room's, complete"], child);
    await expectLocal(["another room's parent", "this room's, complete"], parent);
    // Together: some settings of the kernel are the same for all machines of a lab.
    await expectAsFound(parent, child);
  });

  describe('of this room, half done, after kmon was killed', () => {
    const state = "this room's, half done";
    it(`${state}: teardown is what the workshop begins with`, () => {
      expect(cell(state, 'teardown')).toBe('gives back');
      expect(WORKSHOP).toContain('gives the parent back after a crash in the middle of init-parent');
    });
    it(`${state}: teardown --local`, async () => {
      const dying = startKmon(['init-parent'], { cwd: own.dir, timeoutMs: 600_000 });
      await dying.said(/^parent +init-parent +kubeadm init/m);
      await delay(3000);
      dying.signal('SIGKILL');
      await dying.ended;
      // The lock of one that died elsewhere counts for a while yet.
      await expectLocal([state], parent, '--break-lock');
      await expectAsFound(parent);
    });
  });

  it('has tried every cell of the table, and every machine is as it was', async () => {
    const all = TABLE.slice(1).flatMap(([state = '']) =>
      (TABLE[0] ?? []).slice(1).map((c) => `${state}, ${c}`),
    );
    expect(all.filter((name) => !tried.has(name))).toEqual([]);
    await expectAsFound(...lab.machines);
  });
});
