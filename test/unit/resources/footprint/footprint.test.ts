import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { footprint } from '../../../../src/resources/footprint/footprint.js';
import { packetRules } from '../../../../src/resources/footprint/rules.js';
import { canBePrivate, PrivateMachine } from '../private-machine.js';

/** What an owner may have that looks like the real thing. */
const OWNER = `
iptables-nft -N OWNER; iptables-nft -A OWNER -s 10.1.1.1 -m comment --comment "it's \\"mine\\"" -j DROP; iptables-nft -I INPUT -j OWNER
iptables-nft -t nat -N KUBE-OLD; iptables-nft -t nat -A KUBE-OLD -j RETURN; iptables-nft -t nat -A PREROUTING -j KUBE-OLD
iptables-nft -P FORWARD DROP
ip link add cni9 type bridge
mkdir -p /etc/cni/net.d /opt/cni/bin; echo '{}' >/etc/cni/net.d/87-podman.conflist; touch /opt/cni/bin/mine
mkdir -p /var/lib/kubelet/kept; mount -t tmpfs t /var/lib/kubelet/kept
ip netns add mine`;

/** What kubeadm, kubelet, kube-proxy, containerd and the CNI leave. */
const KUBERNETES = `
for t in iptables-nft ip6tables-nft; do
  $t -t nat -N KUBE-SERVICES; $t -t nat -N KUBE-SVC-X
  $t -t nat -A KUBE-SERVICES -m comment --comment "default/it's \\"q\\"" -j KUBE-SVC-X
  $t -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
  $t -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
  $t -N KUBE-FORWARD; $t -A FORWARD -j KUBE-FORWARD; $t -t mangle -N KUBE-KUBELET-CANARY
done
iptables-nft -A FORWARD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
iptables-nft -t nat -N CNI-abc; iptables-nft -t nat -A POSTROUTING -s 10.244.0.5/32 -m comment --comment 'name: "kmon" id: "x"' -j CNI-abc
ip link add cni0 type bridge; ip link add veth12345678 type veth peer name veth87654321; ip link set veth12345678 master cni0
ip link add vethabcdef01 type veth peer name pod0; ip address add 10.244.0.1/32 dev vethabcdef01
ip link set vethabcdef01 up; ip link set pod0 up; ip route add 10.244.0.5 dev vethabcdef01 scope host
mkdir -p '/var/lib/kubelet/pods/a b' /var/lib/kubelet/pods/sub /etc/kubernetes/pki /var/lib/etcd/member /var/log/pods/x
mount -t tmpfs t '/var/lib/kubelet/pods/a b'; mount --bind /root /var/lib/kubelet/pods/sub
mkdir -p /run/kmon-containerd/s; mount -t tmpfs t /run/kmon-containerd/s; mount -t tmpfs u /run/kmon-containerd/s
mkdir -p /var/lib/kmon-containerd/x
ip netns add cni-1234
mkdir -p /etc/cni/net.d /opt/cni/bin; touch /opt/cni/bin/flannel
mkdir -p /run/flannel /run/containerd/s /run/containerd/runc/k8s.io /run/netns /usr/lib/modules; echo x >/run/flannel/subnet.env
: >/run/xtables.lock; : >/run/containerd/s/dead; echo token >/run/kmon-join.yaml
echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet`;

describe.skipIf(!canBePrivate)('the footprint of Kubernetes', { timeout: 30_000 }, () => {
  let machine: PrivateMachine;
  beforeEach(async () => {
    machine = await PrivateMachine.start();
  });
  afterEach(() => {
    machine.stop();
  });
  const thing = footprint();
  const look = async () => thing.parse(await machine.query(thing.read));

  it.each([
    ['a bare machine', ''],
    ['a machine whose owner has the like', OWNER],
  ])('goes from %s, and nothing else does', async (_name, owner) => {
    machine.sh(`set -e\n${owner}\necho precious >/root/precious`);
    const before = machine.snapshot();
    const found = await look();
    expect(machine.snapshot(), 'a look changes nothing').toBe(before);
    expect(thing.restore(found, found)).toBe('nothing');

    machine.sh(`set -e\n${KUBERNETES}`);
    const way = thing.restore(found, await look());
    if (way === 'nothing' || 'leave' in way) throw new Error('not seen');
    await machine.mutate('', way);
    expect(thing.restore(found, await look())).toBe('nothing');
    expect(machine.snapshot()).toBe(before);
    expect(machine.sh('cat /root/precious /proc/sys/net/ipv4/conf/all/route_localnet')).toBe('precious\n0\n');
  });

  it('takes a place away that only what goes with it was using', async () => {
    const before = machine.snapshot();
    const found = await look();
    // As containerd does it: the folder is not mounted onto itself.
    machine.sh(`mkdir -p /run/netns; touch /run/netns/cni-1; mount --bind /proc/self/ns/net /run/netns/cni-1
mkdir -p /run/containerd/runc/k8s.io`);
    const way = thing.restore(found, await look());
    if (way === 'nothing' || 'leave' in way) throw new Error('not seen');
    await machine.mutate('', way);
    expect(thing.restore(found, await look())).toBe('nothing');
    expect(machine.snapshot()).toBe(before);
  });

  it('leaves what the owner has begun to use since, wherever kmon would have made it', async () => {
    const found = await look();
    machine.sh(`set -e\n${KUBERNETES}
mkdir -p /etc/cni/net.d /run/containerd/runc/default/web; echo '{}' >/etc/cni/net.d/87-podman.conflist
echo state >/run/containerd/runc/default/web/state.json
ip netns add mine
ip link add br-mine type bridge; ip link add vethabcdef02 type veth peer name web0; ip link set vethabcdef02 master br-mine
ip link add veth1234567 type veth peer name web1; ip link add vethabcdef03 type veth peer name web2
ip link set vethabcdef03 up; ip link set web2 up; ip route add 10.9.0.5 dev vethabcdef03
perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => "/run/containerd/containerd.sock", Listen => 1) or die; sleep 60' >/dev/null 2>&1 &
until [ -S /run/containerd/containerd.sock ]; do sleep 0.05; done`);
    const way = thing.restore(found, await look());
    if (way === 'nothing' || 'leave' in way) throw new Error('not seen');
    await machine.mutate('', way);
    expect(thing.restore(found, await look())).toBe('nothing');
    expect(machine.sh('ls -d /sys/class/net/veth*').match(/veth\w+/g)).toEqual([
      'veth1234567',
      'vethabcdef02',
      'vethabcdef03',
    ]);
    expect(machine.sh('find /etc/cni /run/containerd /run/netns | sort')).toBe(
      `/etc/cni
/etc/cni/net.d
/etc/cni/net.d/87-podman.conflist
/run/containerd
/run/containerd/containerd.sock
/run/containerd/runc
/run/containerd/runc/default
/run/containerd/runc/default/web
/run/containerd/runc/default/web/state.json
/run/containerd/s
/run/containerd/s/dead
/run/netns
/run/netns/mine
`,
    );
  });

  it('never takes the modules of a kernel that was installed since, whatever a ledger of before says', async () => {
    const noted = footprint({ folders: ['/usr/lib/modules', '/var/lib/etcd'] });
    const found = {
      ...(await look()),
      folders: { '/usr/lib/modules': ['6.1.0-1'], '/var/lib/etcd': 'absent' },
    } as const;
    const now = {
      ...found,
      folders: { '/usr/lib/modules': ['6.1.0-1', '6.1.0-2'], '/var/lib/etcd': ['member'] },
    };
    const way = noted.restore(found, now);
    if (way === 'nothing' || 'leave' in way) throw new Error('not seen');
    expect(way.script).toContain('/var/lib/etcd');
    expect(way.script).not.toContain('/usr/lib/modules/');
  });

  it('removes no folder behind which something is still mounted', async () => {
    const found = await look();
    machine.sh('mkdir -p /var/lib/etcd/m; mount --bind /root /var/lib/etcd/m; echo precious >/root/precious');
    const way = thing.restore(found, await look());
    if (way === 'nothing' || 'leave' in way) throw new Error('not seen');
    await expect(machine.mutate('', way)).rejects.toMatchObject({
      evidence: '/var/lib/etcd is kept: something is still mounted there',
    });
    expect(machine.sh('cat /root/precious')).toBe('precious\n');
  });
});

describe('packet rules', () => {
  const rules = (text: string) => packetRules.parse(text.split('\n'));

  it('takes away by its own text what is new, as often as it is new, and empties new chains alone', () => {
    const found = rules('iptables-legacy *nat\niptables-legacy -A PREROUTING -j KUBE-A');
    const now = rules(
      [
        'iptables-legacy *nat',
        'iptables-legacy :KUBE-A - [0:0]',
        'iptables-legacy -A PREROUTING -j KUBE-A',
        'iptables-legacy -A PREROUTING -j KUBE-A',
        'iptables-legacy -A KUBE-A -j KUBE-A',
      ].join('\n'),
    );
    const [way, ...more] = packetRules.undo(found, now);
    expect(more).toEqual([]);
    expect(way?.script).toBe(
      `printf '%s\\n' '*nat' '-D PREROUTING -j KUBE-A' '-F KUBE-A' '-X KUBE-A' COMMIT | iptables-legacy-restore --wait=10 --noflush`,
    );
  });

  it('does not take counters for a difference, nor a table for a rule', () => {
    const one = rules('iptables-nft *nat\niptables-nft :KUBE-A - [0:0]');
    const two = rules('iptables-nft *nat\niptables-nft :KUBE-A - [7:420]\niptables-nft *mangle');
    expect(packetRules.undo(one, two)).toEqual([]);
  });
});
