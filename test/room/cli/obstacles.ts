import { describe, expect, it } from 'vitest';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { service } from '../../support/machine-faults.js';
import { makeRoom } from './room.js';

/** One child in trouble: it is named with cause and remedy, and the others go on. */
export function obstacles(lab: () => TestLab): void {
  describe('a child in trouble', () => {
    it('names the program that holds a port', async () => {
      const pid = takePort(lab().machine('child-2'), 10250);
      try {
        const room = makeRoom(lab());
        const all = await room.run('check');
        expect(all.stdout).toContain(
          `child-2 (${lab().machine('child-2').address}): port 10250 is taken by canteen (pid ${pid})`,
        );
        expect(all.stdout).toContain(
          'fix: stop it on that machine (sudo systemctl stop canteen) and run `kmon join-child --only child-2`',
        );
        expect(all.stdout).not.toMatch(/^[✖!] (parent|child-1)\b/m);
        expect(all.stdout).toContain('looked at 3 of 3 machines');
        expect(all.stdout).toMatch(/^1 stops\b/m);
        expect(all.exitCode).toBe(24);
        const one = await room.run('check', '--only', 'child-2');
        expect(one.stdout).toContain('port 10250 is taken by canteen');
        expect(one.exitCode).toBe(22);
      } finally {
        freePort(lab().machine('child-2'));
      }
    });

    it('names the socket unit for which systemd holds a port, and what that started', async () => {
      const machine = lab().machine('child-2');
      const check = async (): Promise<string> =>
        (await makeRoom(lab()).run('check', '--only', 'child-2')).stdout;
      machine.sh(`cat >/run/systemd/system/canteen.socket <<'END'
[Socket]
ListenStream=9100
ListenStream=/run/canteen.sock
END
cat >/run/systemd/system/canteen.service <<'END'
[Service]
ExecStart=/usr/bin/perl -e 'sleep 600'
END
systemctl daemon-reload; systemctl start canteen.socket`);
      try {
        const asleep = await check();
        expect(asleep).toContain('port 9100 is taken by canteen.socket [K-PORT-TAKEN]');
        expect(asleep).toContain(
          'fix: stop it on that machine (sudo systemctl stop canteen.socket) and run `kmon join-child --only child-2`',
        );
        expect(asleep).not.toContain('pid 1)');
        machine.sh('systemctl start canteen');
        const pid = machine.sh('systemctl show --value -p MainPID canteen').trim();
        const awake = await check();
        expect(awake).toContain(`port 9100 is taken by perl (pid ${pid}) of canteen.socket [K-PORT-TAKEN]`);
        const [, fix = ''] = /fix: stop it on that machine \(sudo (.*)\) and run/.exec(awake) ?? [];
        expect(fix).toBe('systemctl stop canteen.socket canteen');
        // What is advised is enough.
        machine.sh(fix);
        expect(await check()).not.toContain('K-PORT-TAKEN');
      } finally {
        machine.sh(`systemctl stop canteen.socket canteen
rm -f /run/systemd/system/canteen.socket /run/systemd/system/canteen.service /run/canteen.sock; systemctl daemon-reload`);
      }
    });

    it('does not advise to stop all that inetd or a container engine does', async () => {
      const machine = lab().machine('child-2');
      const proxy = service(machine, 'docker-proxy', 10256);
      proxy.plant();
      machine.sh(`apt-get -q update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends openbsd-inetd >/dev/null 2>&1
echo '9100 stream tcp nowait root /bin/true' >/etc/inetd.conf
systemctl restart inetd
timeout 10 sh -c 'until ss -H -l -n -t "sport = :9100" | grep -q LISTEN; do sleep 0.1; done'`);
      try {
        const { stdout } = await makeRoom(lab()).run('check', '--only', 'child-2');
        expect(stdout).toMatch(/port 9100 is taken by inetd \(pid \d+\)/);
        expect(stdout).toMatch(
          /fix: take port 9100 out of \/etc\/inetd\.conf .*, restart inetd or xinetd and run `kmon/,
        );
        expect(stdout).toMatch(/port 10256 is taken by docker-proxy \(pid \d+\)/);
        expect(stdout).toContain(
          'fix: stop the container that it was opened for (sudo docker ps --filter publish=10256 shows it)',
        );
        expect(stdout).not.toMatch(/systemctl stop (inetd|docker)/);
      } finally {
        proxy.undo();
        machine.sh(
          'DEBIAN_FRONTEND=noninteractive apt-get -qq purge --autoremove openbsd-inetd >/dev/null 2>&1; rm -f /etc/inetd.conf',
        );
      }
    });

    it('says that a machine is still starting, in its own words', async () => {
      const machine = lab().machine('child-1');
      // The file that systemd makes at every start, and takes away when it is through.
      machine.sh('systemd-tmpfiles --create --boot --prefix=/run/nologin; grep -q "booting up" /run/nologin');
      try {
        const { exitCode, stdout } = await makeRoom(lab()).run('check', '--only', 'child-1');
        expect(stdout).toMatch(
          /child-1 \(\S+\): \S+ lets nobody in while it is starting: "?System is booting up\. Unprivileged users are not permitted to log in yet\. .*\[K-LOGIN\]/,
        );
        expect(stdout).toContain('fix: wait a minute until child-1 has started, and run the command again');
        expect(stdout).not.toMatch(/off|asleep/);
        expect(exitCode).toBe(11);
      } finally {
        machine.sh('rm /run/nologin');
      }
    });

    it('does not know better than a machine that refuses a right key', async () => {
      const machine = lab().machine('child-1');
      machine.sh('usermod -s /bin/no-such-shell student 2>/dev/null');
      try {
        const { exitCode, stdout } = await makeRoom(lab()).run('check', '--only', 'child-1');
        expect(machine.sh('journalctl -q -o cat -t sshd')).toContain(
          'shell /bin/no-such-shell does not exist',
        );
        expect(stdout).toContain('refuses to let student in (tried: key ');
        expect(stdout).toMatch(/fix: .*read the log of its SSH server .*a login shell that does not exist/);
        expect(exitCode).toBe(11);
      } finally {
        machine.sh('usermod -s /bin/bash student');
      }
    });

    it('names the machine that is away', async () => {
      await lab().link('child-1', 'down');
      try {
        const { exitCode, stdout } = await makeRoom(lab()).run('check');
        const { address } = lab().machine('child-1');
        expect(stdout).toMatch(new RegExp(`child-1 \\(${address}\\): .*gives no answer within 10 s`));
        expect(stdout).toContain('fix: check that child-1 is on and in this network');
        expect(stdout).not.toMatch(/^[✖!] (parent|child-2)\b/m);
        expect(stdout).toContain('looked at 2 of 3 machines');
        expect(stdout).toMatch(/^1 stops\b/m);
        expect(exitCode).toBe(24);
      } finally {
        await lab().link('child-1', 'up');
      }
    });
  });
}

/** Starts a program named `canteen`, as a unit of that name, that listens on the port; gives its process id. */
export function takePort(machine: TestMachine, port: number): number {
  const pid = machine.sh(`cat >/run/canteen <<'END'
#!/usr/bin/perl
use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5, ReuseAddr => 1) or die;
1 while $socket->accept;
END
chmod +x /run/canteen
mount -o remount,exec /run
systemd-run --quiet --unit=canteen /run/canteen
timeout 10 sh -c 'until ss -H -l -n -t "sport = :${port}" | grep -q LISTEN; do sleep 0.1; done'
systemctl show --value -p MainPID canteen`);
  return Number(pid);
}

export function freePort(machine: TestMachine): void {
  machine.sh('systemctl stop canteen; rm /run/canteen');
}
