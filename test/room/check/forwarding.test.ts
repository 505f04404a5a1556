import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/index.js';
import { findingsOf } from '../../support/checked.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';

/** Two pods as the bridge plugin makes them, with addresses of the pods' range. */
const PODS = `sysctl -qw net.ipv4.ip_forward=1
ip link add cni0 type bridge; ip addr add 10.244.1.1/24 dev cni0; ip link set cni0 up
for i in 2 3; do
  ip netns add pod$i; ip link add pod$i type veth peer name eth0 netns pod$i; ip link set pod$i master cni0 up
  ip -n pod$i addr add 10.244.1.$i/24 dev eth0; ip -n pod$i link set eth0 up; ip -n pod$i route add default via 10.244.1.1
done`;

const RULES = `for t in iptables-nft iptables-legacy; do echo "$t"; $t-save -t filter 2>/dev/null | sed 's/ \\[[0-9:]*\\]//; /^#/d'; done`;

// What Docker leaves: a FORWARD that drops. The machines have no firewall in the way of any port.
describe('a machine that forwards nothing', () => {
  let lab: TestLab | undefined;
  let room: Room;
  let child: TestMachine;

  beforeAll(async () => {
    lab = await makeLab({ children: 1 });
    room = makeRoom(lab);
    child = lab.machine('child-1');
    child.sh(PODS);
    lab.machine('parent').sh(`ip route add 10.244.1.0/24 via ${child.address}`);
  });
  afterAll(async () => {
    await lab?.down();
  });

  const passes = (): boolean =>
    child.sh(
      `ip netns exec pod2 ping -c1 -W1 ${lab?.machine('parent').address ?? ''} >/dev/null && echo yes || echo no`,
    ) === 'yes\n';
  const found = async (): Promise<readonly Finding[]> =>
    findingsOf(await room.run('check', '--json')).filter((f) => f.code !== 'K-RANGE');

  it.each([
    ['iptables-nft', 'iptables-nft'],
    ['iptables-legacy', 'iptables-legacy'],
  ])('by %s is found, opened by check --fix, and as it was after teardown', async (tool) => {
    expect(passes()).toBe(true);
    child.sh(`${tool} -P FORWARD DROP`);
    try {
      const before = child.sh(RULES);
      expect(passes()).toBe(false);
      expect((await found()).map((f) => [f.machine, f.code, f.severity, f.fixable, f.evidence])).toEqual([
        [
          'child-1',
          'K-FORWARD',
          'stops',
          true,
          `packets of pods (10.244.0.0/16) do not get through: FORWARD of ${tool} has the policy DROP`,
        ],
      ]);
      const fixed = await room.run('check', '--fix', 'K-FORWARD', '--yes');
      expect(fixed.exitCode, fixed.stdout + fixed.stderr).not.toBe(2);
      expect(await found()).toEqual([]);
      expect(passes()).toBe(true);
      const back = await room.run('teardown', '--yes', '--room', lab?.name ?? '');
      expect(back.stdout, back.stderr).toContain('machines as found: 2/2');
      expect(child.sh(RULES)).toBe(before);
      expect(await found()).toHaveLength(1);
    } finally {
      child.sh(`${tool} -P FORWARD ACCEPT`);
    }
    expect(await found()).toEqual([]);
  });
});
