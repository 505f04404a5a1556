import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas, snapshotsWithoutShared } from '../../support/as-it-was.js';
import type { Snapshots } from '../../support/as-it-was.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';

/**
 * A package of the room's own archive, under a name that kmon installs and of a version that comes before Debian's: it has files in /opt and a folder in
 * an empty one of the owner's, which dpkg takes with it, and starts a service that wants the network to be online, whatever the switch for services says.
 */
const PACKAGE = `d=$(mktemp -d)
mkdir -p $d/DEBIAN $d/opt/socat/bin $d/srv/shared/socat $d/lib/systemd/system
echo program >$d/opt/socat/bin/socat
cat >$d/lib/systemd/system/socat-helper.service <<'END'
[Unit]
Wants=network-online.target
After=network-online.target
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
END
cat >$d/DEBIAN/control <<'END'
Package: socat
Version: 99:1
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: stands in for a package with content in /opt
END
printf '#!/bin/sh\\nsystemctl daemon-reload; systemctl start socat-helper.service\\n' >$d/DEBIAN/postinst
printf '#!/bin/sh\\nsystemctl stop socat-helper.service\\n' >$d/DEBIAN/prerm
printf '#!/bin/sh\\nsystemctl daemon-reload\\n' >$d/DEBIAN/postrm
chmod 755 $d/DEBIAN/p*
mkdir -p /srv/archive
dpkg-deb --root-owner-group --build $d /srv/archive/socat.deb >/dev/null
rm -r $d
cd /srv/archive
{ dpkg-deb -f socat.deb; printf 'Filename: ./socat.deb\\nSize: %s\\nSHA256: %s\\n' "$(stat -c %s socat.deb)" "$(sha256sum <socat.deb | cut -c1-64)"; } >Packages
echo 'deb [trusted=yes] file:/srv/archive ./' >/etc/apt/sources.list.d/own.list
apt-get -q update >/dev/null`;

// Each ends before there is a cluster; what stands in for one is named.
describe('what a machine has that nobody thinks of', () => {
  let made: TestLab | undefined;
  let room: Room;
  let parent: TestMachine;
  let child: TestMachine;
  let before: Snapshots;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  const snapshots = (): Promise<Snapshots> => snapshotsWithoutShared(lab().machines);
  const teardown = () => room.run('teardown', '--yes', '--room', lab().name);

  beforeAll(async () => {
    made = await makeLab({ children: 1 });
    room = makeRoom(made);
    parent = made.machine('parent');
    child = made.machine('child-1');
    // A login leaves traces of its own, once.
    await room.run('check');
  });
  afterAll(async () => {
    await made?.down();
  });

  it('is the same in two snapshots when nobody does anything', async () => {
    expect(notAsItWas(await snapshots(), await snapshots())).toEqual([]);
  });

  it('is left alone where /etc/hosts cannot be written', async () => {
    child.sh(`hostname another-name
cp /etc/hosts /srv/hosts; mount --bind /srv/hosts /etc/hosts; mount -o remount,bind,ro /etc/hosts`);
    before = await snapshots();
    const fix = await room.run('check', '--fix', 'K-HOSTNAME-UNKNOWN', '--yes');
    expect(fix.exitCode).not.toBe(0);
    expect(fix.stderr).toContain('Read-only file system');
    expect(child.sh('ls -A /etc | grep kmon || :')).toBe('');
    const back = await teardown();
    expect(back.stdout).toContain('machines as found: 2/2');
    expect(notAsItWas(before, await snapshots())).toEqual([]);
    child.sh(`umount /etc/hosts; rm /srv/hosts; hostname ${child.name}`);
  });

  describe('with a package that has content in /opt and wants the network to be online', () => {
    beforeAll(async () => {
      parent.sh(PACKAGE);
      parent.sh('install -d -m 2775 -g staff /srv/shared');
      expect(parent.sh('systemctl is-active network-online.target || :')).toBe('inactive\n');
      before = await snapshots();
    });

    it('is given back whole, with what a pod of the network wrote', async () => {
      // The small bundle has no images: the run ends when it comes to them, after packages, settings and the container runtime.
      const run = await room.run('init-parent');
      expect(run.exitCode).not.toBe(0);
      expect(run.stderr).toMatch(/^parent +runtime +changed/m);
      expect(parent.sh('cat /opt/socat/bin/socat')).toBe('program\n');
      expect(parent.sh('systemctl is-active network-online.target')).toBe('active\n');
      // Stands in for flannel's pod, whose image cannot be had here: it writes into this folder, and one of its own.
      parent.sh(`echo '{}' >/etc/kmon/cni/net.d/10-flannel.conflist; echo '{}' >/etc/kmon/cni/net.d/.10-flannel.conflist.tmp
mkdir -p /run/flannel; echo FLANNEL_MTU=1450 >/run/flannel/subnet.env`);
      // Stand in for what containerd, the kubelet and kube-proxy make for pods: none comes to run here.
      parent.sh(
        'mkdir -p -m 0711 /run/containerd/s /run/containerd/runc/k8s.io /run/netns; : >/run/xtables.lock',
      );
      const back = await teardown();
      expect(back.stdout).toContain('machines as found: 2/2');
      expect(back.stdout).not.toContain('others have changed');
      expect(notAsItWas(before, await snapshots())).toEqual([]);
      expect(parent.sh('stat -c "%a %U:%G" /srv/shared')).toBe('2775 root:staff\n');
    });
  });

  it('is named when it stays because somebody else has changed it', async () => {
    child.sh('hostname another-name');
    const network = child.sh('sysctl -n net.ipv4.ip_forward');
    expect((await room.run('check', '--fix', 'K-HOSTNAME-UNKNOWN', '--yes')).exitCode).toBe(0);
    child.sh(
      `printf '%s\\n' '${LEFT}' >>/var/lib/kmon/ledger.jsonl; mkdir -p /srv/ours; echo mine >/srv/ours/mine`,
    );
    const back = await teardown();
    expect(back.stdout).toContain(
      'machines as found: 2/2\nbut for what others have changed since: directory /srv/ours on child-1 (others have put files there)',
    );
    expect(child.sh('cat /srv/ours/mine; sysctl -n net.ipv4.ip_forward')).toBe(`mine\n${network}`);
    child.sh(`rm -r /srv/ours; hostname ${child.name}`);
  });
});

/** As a version of kmon would note a folder that it made. */
const LEFT = JSON.stringify({
  seq: 99,
  at: '2026-01-01T00:00:00.000Z',
  run: 'r',
  stage: 's',
  id: 'directory /srv/ours',
  kind: 'directory',
  params: { path: '/srv/ours' },
  found: { what: { type: 'absent' }, absentParents: [], emptyParents: [], unfinished: false },
});
