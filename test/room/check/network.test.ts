import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/index.js';
import { checkNetwork, TRIAL_LEFTOVERS } from '../../support/check-network.js';
import type { NetworkCheck } from '../../support/check-network.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import type { Fault } from '../../support/machine-faults.js';
import {
  dropsFrom,
  dropsIncoming,
  dropsOutgoing,
  keptApart,
  knowsOnly,
  letsInSshOnly,
  listensOn,
  losesIncoming,
  narrowCable,
  narrowLink,
  noPerl,
  passesNoUdp,
  passesOwnAddresses,
  rejectsIncoming,
  slowCable,
  usesProxy,
} from '../../support/network-faults.js';

// What is wrong with a network, planted for real, one thing after the other: each gives its one finding and nothing else.
describe('the network of a room', () => {
  let made: TestLab | undefined;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  const child = (number: number): TestMachine => lab().machine(`child-${number}`);
  const children = (): readonly TestMachine[] => lab().machines.filter((m) => m.name !== 'parent');
  const planted: Fault[] = [];

  beforeAll(async () => {
    made = await makeLab({ children: 3 });
  });
  afterEach(() => {
    for (const fault of planted.splice(0).toReversed()) fault.undo();
  });
  afterAll(async () => {
    await made?.down();
  });

  const checked = (...faults: readonly Fault[]): Promise<NetworkCheck> => {
    for (const fault of faults) {
      planted.push(fault);
      fault.plant();
    }
    return checkNetwork(lab());
  };
  const said = ({ code, severity, machine = 'room', evidence }: Finding): string =>
    `${code} ${severity} ${machine}: ${evidence}`;
  const leftovers = (): string =>
    lab()
      .machines.map((m) => m.sh(TRIAL_LEFTOVERS))
      .join('');

  it('is proven in full when it is clean, and nothing stays on the machines', async () => {
    const before = await Promise.all(lab().machines.map((m) => m.snapshot()));
    const { findings, proof, networks, took } = await checked();
    expect(findings).toEqual([]);
    expect(networks).toBe('networks that would work here: routes, vxlan, flannel');
    expect(proof.foreign).toHaveLength(4 * 3);
    for (const way of proof.foreign ?? []) expect(way).toMatchObject({ direct: true, sent: 5, arrived: 5 });
    expect(proof.untried).toEqual([]);
    // Each of 4 machines tries 3 others: 10250 and 9100 everywhere, and three more on the parent.
    const others = proof.ports.filter((t) => t.from !== t.to);
    expect(others).toHaveLength(4 * 3 * 2 + 3 * 3);
    expect(others.every((t) => t.outcome === 'open')).toBe(true);
    expect(proof.echoes).toHaveLength(4 * 3);
    for (const echo of proof.echoes) expect(echo).toMatchObject({ sent: 50, mtu: 1500, mtuThere: 1500 });
    expect(proof.speeds).toHaveLength(3 * 2);
    expect(Math.min(...proof.speeds.map((s) => s.bitsPerSecond))).toBeGreaterThan(50e6);
    // With a bundle nothing outside is dialled.
    expect(proof.sources).toEqual([]);
    expect(leftovers()).toBe('');
    expect(await Promise.all(lab().machines.map((m) => m.snapshot()))).toEqual(before);
    const stages = Object.entries(took).filter(([stage]) => stage !== 'connect');
    expect(stages.reduce((sum, [, ms]) => sum + ms, 0)).toBeLessThan(10_000);
  });

  it('says that routes would not work where addresses of pods are dropped, which is in the way of nothing else', async () => {
    const { findings, networks } = await checked(passesOwnAddresses(lab().machines));
    expect(findings).toEqual([]);
    expect(networks).toBe(
      'networks that would work here: vxlan, flannel; not routes (what has addresses of pods does not get from parent to child-1, and on 11 more ways)',
    );
    expect(leftovers()).toBe('');
  });

  it('says that routes alone would work where the overlay does not pass', async () => {
    const { networks } = await checked(passesNoUdp([child(2)], 8472));
    expect(networks).toBe(
      'networks that would work here: routes; not vxlan and flannel (UDP 8472 does not get from child-2 to parent, and on 2 more ways)',
    );
    expect(leftovers()).toBe('');
  });

  it.each<[string, () => Fault, RegExp]>([
    [
      'a firewall that drops TCP 10250 on one child',
      () => dropsIncoming(child(1), 'tcp', 10250),
      /^K-FIREWALL stops child-1: the firewall of child-1 drops TCP 10250 \(coming in, from 3 machines\)$/,
    ],
    [
      'a firewall that drops only UDP 8472',
      () => dropsIncoming(child(2), 'udp', 8472),
      /^K-FIREWALL \w+ child-2: the firewall of child-2 drops UDP 8472 \(coming in, from 3 machines\)$/,
    ],
    [
      'a firewall that drops what is sent to UDP 8472',
      () => dropsOutgoing(child(1), 'udp', 8472),
      /^K-FIREWALL \w+ child-1: the firewall of child-1 drops UDP 8472 \(going out, to 3 machines\)$/,
    ],
    [
      'a firewall that rejects',
      () => rejectsIncoming(child(3), 9100),
      /^K-FIREWALL stops child-3: the firewall of child-3 rejects TCP 9100 \(coming in, from 3 machines\)$/,
    ],
    [
      'a firewall that lets in SSH only',
      () => letsInSshOnly(child(2)),
      /^K-FIREWALL stops child-2: the firewall of child-2 drops TCP 10250, 9100 and UDP 8472 \(coming in, /,
    ],
    [
      'a rule against one other machine',
      () => dropsFrom(child(1), child(2)),
      /^K-NET-BLOCKED stops child-1: nothing that child-2 sends gets to child-1, though others do$/,
    ],
    [
      'a bridge that keeps the children apart',
      () => keptApart(children()),
      /^K-NET-ISOLATED stops room: the children do not reach each other, though each reaches the parent$/,
    ],
    [
      'a cable that takes packets of 1400 bytes',
      () => narrowCable(child(3), 1400),
      /^K-NET-MTU stops child-3: packets above 1400 bytes do not reach child-3, nor do its own arrive, /,
    ],
    [
      'a link with an MTU of 1400',
      () => narrowLink(child(3), 1400),
      /^K-NET-MTU hurts child-3: packets above 1400 bytes do not reach child-3: the MTU of its link is 1400, /,
    ],
    [
      'a link of 2 Mbit/s',
      () => slowCable(child(1), 2_000_000),
      /^K-NET-SLOW hurts child-1: child-1 is slow \(2 Mbit\/s (from|to) the parent\)$/,
    ],
    [
      // 300 packets: what is counted lies within three standard deviations.
      'a loss of 10 %',
      () => losesIncoming(child(2), 0.1),
      /^K-NET-LOSS hurts child-2: (5|6|7|8|9|1[0-5]) % of what is sent to child-2 gets lost$/,
    ],
  ])('gives one finding for %s', async (_, fault, finding) => {
    const { findings } = await checked(fault());
    expect(findings.map(said)).toEqual([expect.stringMatching(finding)]);
    expect(leftovers()).toBe('');
  });

  it('tells two causes at once', async () => {
    const { findings } = await checked(dropsIncoming(child(1), 'tcp', 9100), slowCable(child(3), 2_000_000));
    expect(findings.map(({ code, machine }) => `${code} ${machine ?? ''}`)).toEqual([
      'K-FIREWALL child-1',
      'K-NET-SLOW child-3',
    ]);
  });

  it('does not touch a port that another program has, and proves the way to it', async () => {
    const machine = child(1);
    const { findings, proof } = await checked(listensOn(machine, 10250));
    expect(findings).toEqual([]);
    const into = proof.ports.filter((t) => t.to === 'child-1' && t.port === 10250);
    expect(into.map((t) => `${t.from} ${t.outcome}`).sort()).toEqual([
      'child-1 open',
      'child-2 open',
      'child-3 open',
      'parent open',
    ]);
    expect(machine.sh('kill -0 "$(cat /run/holder-10250.pid)" && echo there')).toBe('there\n');
  });

  it('leaves out a machine without perl, and says so', async () => {
    const { findings, proof } = await checked(noPerl(child(2)));
    expect(findings.map(said)).toEqual([
      'K-NET-UNPROVEN note child-2: the network could not be tried: perl is missing',
    ]);
    expect(proof.ports.some((t) => t.from === 'child-2' || t.to === 'child-2')).toBe(false);
  });

  it('asks where packages and images come from for a few bytes, by name and through a proxy', async ({
    skip,
  }) => {
    const parent = lab().machine('parent');
    // It would be asked for hosts of the Internet.
    skip(
      parent.sh('apt-config dump | grep -i proxy || true') !== '',
      'the machines have a proxy of their own',
    );
    const hosts = [
      'pkgs.k8s.io',
      'download.docker.com',
      'packages.buildkite.com',
      'registry.k8s.io',
      'quay.io',
      'registry-1.docker.io',
      'auth.docker.io',
    ];
    // Every name means the parent, and nobody knows another one: nothing leaves the lab. There a port is open, and nobody speaks TLS.
    const inTheLab = lab().machines.map((m) =>
      knowsOnly(m, m.name === 'child-1' ? hosts.slice(0, -1) : hosts, parent.address),
    );
    const faults = [
      ...inTheLab,
      listensOn(parent, 443),
      listensOn(parent, 3128, 'pkgs[.]k8s[.]io|quay[.]io'),
      usesProxy(child(2), `http://${parent.address}:3128`),
      usesProxy(child(3), `http://${parent.address}:3129`),
    ];
    for (const fault of faults) {
      planted.push(fault);
      fault.plant();
    }
    const { proof } = await checkNetwork(lab(), { sources: true });
    const of = (machine: string): ReadonlySet<string> =>
      new Set(
        proof.sources
          .filter((s) => s.machine === machine)
          .map((s) =>
            [s.host, s.outcome, s.at, s.outcome === 'refused' ? s.said : undefined].filter(Boolean).join(' '),
          ),
      );
    // An open port is no download.
    for (const name of ['parent', 'child-1'])
      expect([...of(name)].filter((t) => t.endsWith('open'))).toEqual([]);
    expect(of('parent')).toContain('quay.io failed');
    expect(of('child-1')).toContain('quay.io failed');
    expect(of('child-1')).toContain('auth.docker.io no-name');
    expect(of('child-2')).toContain('quay.io failed');
    const proxy = `${parent.address}:3128`;
    for (const host of ['registry.k8s.io', 'registry-1.docker.io'])
      expect(of('child-2')).toContain(`${host} refused ${proxy} 403 no`);
    expect([...of('child-3')].every((t) => t.endsWith(` refused ${parent.address}:3129`))).toBe(true);
    expect(of('child-3').size).toBeGreaterThan(4);
    for (const { sh } of lab().machines) expect(sh('ls /run /tmp | grep kmon-reach || true')).toBe('');
  });
});
