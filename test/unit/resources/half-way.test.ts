import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { giveBack } from '../../../src/engine/give-back.js';
import { machinePlace } from '../../../src/engine/place.js';
import { appendLedger } from '../../../src/engine/ledger.js';
import type { LedgerEntry } from '../../../src/engine/ledger.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { aptSource } from '../../../src/resources/apt-source.js';
import { directory } from '../../../src/resources/directory.js';
import { file } from '../../../src/resources/file.js';
import { FIREWALL_NAMES, firewallOpening } from '../../../src/resources/firewall-opening.js';
import { footprint } from '../../../src/resources/footprint.js';
import { hostsEntry } from '../../../src/resources/hosts-entry.js';
import { kmonFiles } from '../../../src/resources/kmon-files.js';
import { KIND_NAMES } from '../../../src/resources/registry.js';
import type { Json, Resource, Reversible } from '../../../src/resources/resource.js';
import { route } from '../../../src/resources/route.js';
import { sleepInhibitor } from '../../../src/resources/sleep-inhibitor.js';
import { staticAddress } from '../../../src/resources/static-address.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import { unit } from '../../../src/resources/unit.js';
import type { Runner } from '../../../src/runner/runner.js';
import { changes } from '../../../src/shell/command.js';
import type { Command } from '../../../src/shell/command.js';
import { putFile } from '../../../src/tools/put-file.js';
import { armRevert } from '../../../src/tools/revert.js';
import { HOSTILE, isResource } from './examples.js';
import { putFakes } from './fakes.js';
import type { Fault } from './faults.js';
import { FaultyRunner, prepareFaults } from './faults.js';
import { canBePrivate, PrivateMachine } from './private-machine.js';

interface Case {
  readonly about: string;
  readonly thing: Reversible;
  /** What the owner has. */
  readonly owner?: string;
  /** Instead of the resource's own change. */
  readonly change?: Command<'changes'>;
  /** The change fails in any case. */
  readonly fails?: true;
}

const HOSTS = hostsEntry({ entries: [{ address: '10.77.0.9', names: ['kmon-parent', 'pc-9'] }] });
const CONF = file({ path: '/etc/x.conf', content: HOSTILE, mode: '0600' });
const NETWORKD = staticAddress({
  keeper: 'systemd-networkd',
  device: 'lan0',
  address: '10.77.0.2',
  profile: `10-it's "$(id)".network`,
});
const NETPLAN = staticAddress({
  keeper: 'netplan',
  device: 'lan0',
  address: '10.77.0.2',
  profile: 'ethernets lan',
});
/** As a lease is. */
const LEASED = 'ip address change 10.77.0.2/24 dev lan0 valid_lft 3600 preferred_lft 3600';
const PROGRAM = 'x'.repeat(100_000);
const ROOM = { room: '10.77.0.0/24', pods: '10.244.0.0/16', ports: ['tcp 10250', 'udp 8472'] };
/** What each kind of firewall drops. */
const DROPS: Readonly<Record<string, string>> = {
  ufw: 'mkdir -p /etc/ufw; echo ENABLED=yes >/etc/ufw/ufw.conf; echo "deny 10250/tcp" >/etc/ufw/rules',
  nftables: `nft 'table inet own { chain in { type filter hook input priority 0; policy drop; iif lo accept; }; }'`,
  'iptables-nft': 'iptables-nft -P INPUT DROP; iptables-nft -P FORWARD DROP',
  'iptables-legacy': 'iptables-legacy -P INPUT DROP; iptables-legacy -A FORWARD -j REJECT',
};

const CASES: readonly Case[] = [
  { about: 'a new file in new folders', thing: file({ path: `/srv/$(id) 'x'/f`, content: 'x' }) },
  {
    about: 'a file of the owner',
    thing: CONF,
    owner: 'echo own >/etc/x.conf; chmod 751 /etc/x.conf; touch -d @1000000 /etc/x.conf',
  },
  { about: 'a link of the owner', thing: CONF, owner: 'ln -s nowhere /etc/x.conf' },
  {
    about: 'a file at which a folder of systemd is told',
    thing: file({ path: '/etc/systemd/system/kmon.service', content: '[Unit]\n' }),
  },
  {
    about: 'a file that cannot be replaced',
    thing: CONF,
    owner: 'echo o >/run/o; touch /etc/x.conf; mount --bind -o ro /run/o /etc/x.conf',
    fails: true,
  },
  { about: 'a folder', thing: directory({ path: `/srv/it's "a" $HOME/b`, mode: '0750' }) },
  {
    about: 'a folder of settings in which a pod writes',
    thing: directory({ path: '/etc/kmon/cni/net.d' }),
    change: changes`mkdir -p /etc/kmon/cni/net.d; echo {} >/etc/kmon/cni/net.d/10-flannel.conflist`,
  },
  { about: '/etc/hosts', thing: HOSTS },
  {
    about: '/etc/hosts that is a mount',
    thing: HOSTS,
    owner: 'printf "127.0.0.1 m\\n\\n10.0.0.1 b" >/run/h; touch /etc/hosts; mount --bind /run/h /etc/hosts',
  },
  {
    about: '/etc/hosts that is a link',
    thing: hostsEntry({ block: 'kmon-name', entries: [{ address: '127.0.1.1', names: ['pc-7'] }] }),
    owner: 'mv /etc/hosts /etc/hosts.real; ln -s hosts.real /etc/hosts',
  },
  {
    about: '/etc/hosts that cannot be written',
    thing: HOSTS,
    owner: 'echo 127.0.0.1 m >/run/h; touch /etc/hosts; mount --bind -o ro /run/h /etc/hosts',
    fails: true,
  },
  {
    about: 'a source of packages',
    thing: aptSource({ name: 'own', line: 'https://p.test/ /', key: HOSTILE }),
    owner: 'rmdir /etc/apt/keyrings',
  },
  {
    about: 'forwarding, which switches others',
    thing: sysctl({ key: 'net.ipv4.ip_forward', value: '1' }),
    owner: `cd /proc/sys/net/ipv4; echo 0 >ip_forward; echo 1 >conf/lan0/forwarding; echo 0 >conf/all/accept_redirects`,
  },
  {
    about: "a route in place of the owner's",
    thing: route({ destination: '10.244.1.0/24', via: '10.77.0.9' }),
    owner: 'ip route add 10.244.1.0/24 via 10.77.0.5 dev lan0 proto static',
  },
  {
    about: 'a unit',
    thing: unit({ name: 'x.service', enabled: true, active: true }),
    owner: 'mkdir -p /etc/systemd/system; : >/etc/systemd/system/x.service',
  },
  { about: 'being kept awake', thing: sleepInhibitor(), owner: 'systemctl start systemd-logind.service' },
  ...FIREWALL_NAMES.flatMap((system): readonly Case[] => {
    const owner = DROPS[system];
    return owner === undefined
      ? []
      : [{ about: `an opening in ${system}`, thing: firewallOpening({ system, ...ROOM }), owner }];
  }),
  { about: 'a static address by networkd', thing: NETWORKD, owner: LEASED },
  { about: 'a static address by netplan', thing: NETPLAN, owner: LEASED },
  {
    about: 'a way back that is armed',
    thing: NETWORKD,
    owner: LEASED,
    change: armRevert(changes`:`, 60),
  },
  {
    about: 'a program in a folder of its own',
    thing: kmonFiles(),
    change: {
      ...putFile({
        path: '/opt/kmon/bin/kubeadm',
        content: PROGRAM,
        sha256: createHash('sha256').update(PROGRAM).digest('hex'),
        mode: '755',
        timeoutMs: 10_000,
      }),
    },
  },
  {
    about: 'what Kubernetes leaves',
    thing: footprint(),
    change: changes`mkdir -p /var/lib/kubelet/pods/a /etc/kubernetes/pki /run/containerd/runc/k8s.io /run/containerd/s /run/netns
: >/run/xtables.lock; : >/run/kmon-join.yaml
mount -t tmpfs t /var/lib/kubelet/pods/a
ip link add cni0 type bridge
echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet`,
  },
];

/**
 * Kinds of which the change is one call of another program that cannot be had here: the kernel's modules and the clock are this computer's
 * own. Packages and the node are tried on real machines, where apt and kubeadm are killed.
 */
const ELSEWHERE = ['clock', 'kernel-module', 'kubeadm-node', 'packages', 'targets'];

const OPTIONS = { say: () => undefined, signal: new AbortController().signal };

describe.skipIf(!canBePrivate)('a change that fails half-way', () => {
  it('is tried with every kind of thing', () => {
    const kinds = new Set([...CASES.map((c) => c.thing.kind), ...ELSEWHERE]);
    expect([...kinds].toSorted()).toEqual([...KIND_NAMES].toSorted());
  });

  it.each(CASES.map((c) => [c.about, c] as const))(
    'leaves nothing of %s, and is not taken for done',
    { timeout: 240_000 },
    async (_about, it_) => {
      const stage = await Trial.begin(it_);
      try {
        for (const how of ['fails', 'killed'] as const) {
          for (let at = 1; await stage.change({ at, how, of: /^change$/ }); at++);
        }
        for (let at = 1; await stage.restore({ at, how: 'killed', of: /^give back/ }); at++);
      } finally {
        stage.end();
      }
    },
  );

  it('leaves nothing when the ledger itself is cut off', { timeout: 240_000 }, async () => {
    const stage = await Trial.begin({ about: '', thing: CONF });
    try {
      for (const how of ['fails', 'killed'] as const) {
        for (let at = 1; await stage.note({ at, how, of: /^note/ }); at++);
        for (let at = 1; await stage.restore({ at, how, of: /^forget/ }); at++);
      }
    } finally {
      stage.end();
    }
  });
});

/** One thing on one machine, on which it is changed, cut off and given back again and again. */
class Trial {
  readonly #machine: PrivateMachine;
  readonly #case: Case;
  readonly #before: string;
  readonly #found: Json;
  #made = '';

  private constructor(machine: PrivateMachine, of: Case, before: string, found: Json) {
    this.#machine = machine;
    this.#case = of;
    this.#before = before;
    this.#found = found;
  }

  static async begin(of: Case): Promise<Trial> {
    const machine = await PrivateMachine.start();
    prepareFaults(machine);
    putFakes(machine);
    if (of.owner !== undefined) machine.sh(`set -e\n${of.owner}`);
    const [found = null] = await machine.look([of.thing]);
    return new Trial(machine, of, snapshot(machine), found);
  }

  end(): void {
    this.#machine.stop();
  }

  /** The change is cut off, and what is there given back. False when it was over before the fault. */
  async change(fault: Fault): Promise<boolean> {
    const where = `${fault.how} at ${fault.at}`;
    await this.#noted(this.#machine);
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
      expect(
        this.#machine.sh(`find /etc /opt /srv /run /tmp /var/lib -name '.*.kmon-new' -o -name '.*.kmon-old'`),
      ).toBe('');
    }
    await this.#asFound(where);
    return runner.happened;
  }

  /** It is changed, and giving it back is cut off and done once more. */
  async restore(fault: Fault): Promise<boolean> {
    await this.#noted(this.#machine);
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
    await this.#noted(this.#machine);
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
