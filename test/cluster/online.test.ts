import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas, snapshotsOf } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { kmon, startKmon } from '../support/kmon.js';
import type { Ended, KmonOptions } from '../support/kmon.js';
import { makeLab } from '../support/lab.js';
import type { TestLab, TestMachine } from '../support/lab.js';
import { asTheRoom, labsInternet } from '../support/labs-internet.js';
import type { LabsInternet } from '../support/labs-internet.js';

/**
 * The way of nearly every user, without a bundle: packages by apt, images from their registries, out of the lab's own Internet, which serves
 * them under the names that they have in the world; by kmon at a keyboard that asks the same Internet, so that both machines' downloads come through
 * it once. In the order of a lesson; each test stands on the ones before it.
 */
const BUNDLE = process.env['KMON_BUNDLE'];
const SCRIPT = new URL('../../scripts/internet/build', import.meta.url).pathname;

describe.runIf(BUNDLE !== undefined || process.env['CI'] === 'true')('the workshop by the Internet', () => {
  let lab: TestLab;
  let internet: LabsInternet;
  let keyboard: KmonOptions;
  let before: Snapshots;
  const run = (...args: readonly string[]): Promise<Ended> => kmon([...args, '--plain'], keyboard);
  const expectAsFound = async (): Promise<void> => {
    expect(notAsItWas(before, await snapshotsOf(lab.machines))).toEqual([]);
  };

  beforeAll(async () => {
    const made = execFileSync(SCRIPT, [BUNDLE ?? ''], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    lab = await makeLab({ children: 1, internet: made.trim().split('\n').at(-1) ?? '' });
    internet = labsInternet(lab);
    keyboard = { cwd: lab.dir, timeoutMs: 900_000, ...asTheRoom(lab, internet) };
    const file = join(lab.dir, 'kmon.yaml');
    const written = readFileSync(file, 'utf8');
    expect(written).toContain('\nrelay: false\n');
    writeFileSync(file, written.replace('relay: false', 'relay: true'));
    before = await snapshotsOf(lab.machines);
  });
  afterAll(async () => {
    await lab.down();
  });

  it('finds nothing in the way of packages and images', async () => {
    const check = await run('check');
    expect(check.stdout).not.toMatch(/K-SOURCE|K-DNS/);
    expect(check.exitCode, check.stdout + check.stderr).toBe(0);
  });

  it('tells of an uplink that is cut', async () => {
    await lab.link('internet', 'down');
    const check = await run('check');
    await lab.link('internet', 'up');
    expect(check.stdout).toMatch(/no name is resolved .* \[K-DNS\]/);
  });

  /** `up` fails of it, says why with the remedy, and leaves nothing that it fetched half. */
  const failsOf = async (
    flags: readonly [string, ...string[]],
    reason: RegExp,
    remedy: RegExp,
  ): Promise<void> => {
    await lab.internet(...flags);
    const up = await run('up');
    expect(up.exitCode, up.stderr).not.toBe(0);
    const first = /✖[^✖]*/.exec(up.stderr)?.[0] ?? '';
    expect(first, up.stderr.slice(-3000)).toMatch(reason);
    expect(first).toMatch(remedy);
    for (const machine of lab.machines) {
      const half = machine.sh('dpkg --audit; ls -A /var/lib/dpkg/updates; find /tmp -name "tmp.*"');
      expect(half, machine.name).toBe('');
    }
  };
  const nothingOfKmonsInApt = (): void => {
    for (const machine of lab.machines)
      expect(machine.sh('find /etc/apt -name "*kmon*"'), machine.name).toBe('');
  };

  it.each([
    [
      'names that are not resolved',
      ['--dns', 'closed'],
      /resolv/,
      /fix: .*(a way to its package server|name server|a bundle)/,
    ],
    [
      'a filter that opens TLS',
      ['--intercept', 'School filter'],
      /certificate issuer is unknown|certificates are .*School filter/,
      /fix: .*authority.*update-ca-certificates/,
    ],
    [
      'a proxy that wants a password',
      ['--proxy', 'address'],
      /407 Proxy Authentication Required|wants a name and a password/,
      /fix: write .* into the .*address.*NAME:PASSWORD@/,
    ],
  ] as const)('tells of %s, and leaves nothing', async (_, flags, reason, remedy) => {
    await failsOf(flags, reason, remedy);
    nothingOfKmonsInApt();
  });

  it('tells of a line that breaks off while apt fetches, and leaves no package half', async () => {
    await failsOf(
      ['--cut', '1M'],
      /could not install .* others: E: Failed to fetch .*/,
      /fix: the line of \S+ breaks off/,
    );
  });

  it('goes on when that is mended, and tells within seconds of the one image that is refused', async () => {
    await lab.internet('--refuse', 'quay.io/prometheus/prometheus=404');
    const up = await run('up');
    expect(up.exitCode).not.toBe(0);
    expect(up.stderr).toMatch(
      /✖ monitoring on .*image quay\.io\/prometheus\/prometheus:\S+: quay\.io has no such image/,
    );
    expect(up.stderr).toMatch(/fix: see whether a mirror or a filter answers in the place of quay\.io/);
  });

  it('shows in a dry run that the pod which waits for the image will be made anew', async () => {
    const plan = await run('up', '--dry-run');
    expect(plan.stdout + plan.stderr).toMatch(
      /make kmon-prometheus-\S+ anew, so that quay\.io\S+ is pulled at once/,
    );
  });

  it('goes on when the image is there, and does not wait for the kubelet to ask again', async () => {
    const before = performance.now();
    const going = startKmon(['up', '--plain'], keyboard);
    // Not before the relay is there: a kubelet that asks again while no kmon is at work asks the registry itself, rightly. The pod is the parent's.
    await going.said(/^parent +relay-images +(?:un)?changed/m);
    going.signal('SIGSTOP');
    await lab.internet('--mend');
    going.signal('SIGCONT');
    const up = await going.ended;
    expect(up.exitCode, up.stderr.slice(-3000)).toBe(0);
    expect(performance.now() - before).toBeLessThan(90_000);
    const status = await run('status');
    expect(status.stdout.match(/ ready /g), status.stdout).toHaveLength(2);
    for (const machine of lab.machines)
      expect(machine.sh("dpkg-query -W -f '${Version}' kubeadm"), machine.name).toMatch(/-1\.1$/);
  });

  it('has what both machines need come over the line once', () => {
    const content = /\.deb$|[/]sha256:[0-9a-f]{64}$/;
    const all = internet.fetched().filter((f) => f.status === 200 && content.test(f.what));
    const wholeOf = (what: string): number =>
      Math.max(...all.filter((f) => f.what === what).map((f) => f.bytes));
    // What broke off is no download.
    const whole = all.filter((f) => f.bytes === wholeOf(f.what));
    const what = whole.map((f) => f.what);
    for (const name of [/\/kubelet_\S+[.]deb$/, /\/containerd[.]io_\S+[.]deb$/, /cdn01[.]quay[.]io/])
      expect(what.some((w) => name.test(w))).toBe(true);
    expect(what.filter((w, i) => what.indexOf(w) !== i)).toEqual([]);
    const machines = lab.machines.map((m) => m.address);
    expect(whole.filter((f) => machines.includes(f.by))).toEqual([]);
    for (const machine of lab.machines) expect(registriesBy(machine)).toBe('/etc/kmon/certs.d');
  });

  const registriesBy = (machine: TestMachine): string =>
    machine.sh('readlink /run/kmon-containerd/certs.d; ls /run/kmon-containerd | grep -x relay || :').trim();

  it('has nothing to do the second time', async () => {
    const again = await run('up');
    expect(again.exitCode, again.stderr.slice(-3000)).toBe(0);
    expect(again.stdout).toContain('nothing to change');
  });

  it('has a machine join by mirrors alone, behind a filter that opens TLS and that the machines trust', async () => {
    const child = 'child-1';
    const file = `${lab.dir}/kmon.yaml`;
    const text = readFileSync(file, 'utf8');
    const room = /^room: (.*)$/m.exec(text)?.[1] ?? '';
    const away = await run('teardown', '--only', child, '--yes', '--room', room);
    expect(away.exitCode, away.stderr.slice(-3000)).toBe(0);
    writeFileSync(
      file,
      `${text}mirrors:
  packages:
    kubernetes: https://mirror.example/kubernetes
    docker: https://mirror.example/docker
    helm: https://mirror.example/helm
  images:
    registry.k8s.io: https://mirror.example
    quay.io: https://mirror.example/quay
    ghcr.io: https://mirror.example/ghcr
`,
    );
    const closed = ['pkgs.k8s.io', 'download.docker.com', 'registry.k8s.io', 'quay.io', 'ghcr.io'];
    await lab.internet(
      '--intercept',
      'School filter',
      ...closed.flatMap((name) => ['--refuse', `${name}=closed`]),
    );
    const authority = execFileSync(
      'podman',
      ['exec', `kmon-${lab.name}-internet`, 'cat', '/etc/lab-internet/filter.crt'],
      { encoding: 'utf8' },
    );
    const trusted = '/usr/local/share/ca-certificates/school.crt';
    for (const machine of lab.machines)
      machine.sh(`cat >${trusted} <<'end'\n${authority}end\nupdate-ca-certificates >/dev/null 2>&1`);
    const check = await run('check');
    expect(check.stdout).not.toMatch(/K-TLS|K-SOURCE|K-DNS/);
    const join = await run('join-child', '--only', child);
    expect(join.exitCode, join.stderr.slice(-3000)).toBe(0);
    const monitored = await run('deploy-monitoring');
    expect(monitored.exitCode, monitored.stderr.slice(-3000)).toBe(0);
    await lab.internet('--mend');
    for (const machine of lab.machines)
      machine.sh(`rm ${trusted}; update-ca-certificates --fresh >/dev/null 2>&1`);
  });

  it('has no machine lead to a kmon that was killed', async () => {
    const run = startKmon(['up', '--plain'], keyboard);
    lab
      .machine('child-1')
      .sh(
        'until [ "$(readlink /run/kmon-containerd/certs.d)" = /run/kmon-containerd/relay/certs.d ]; do sleep 0.02; done',
      );
    run.signal('SIGKILL');
    await run.ended;
    for (const machine of lab.machines)
      await expect
        .poll(() => registriesBy(machine), { timeout: 60_000, interval: 1000 })
        .toBe('/etc/kmon/certs.d');
    expect(lab.machine('child-1').sh('systemctl list-units --all --plain --no-legend "kmon-relay*"')).toBe(
      '',
    );
  });

  it('gives every machine back as it was found', async () => {
    const room = /^room: (.*)$/m.exec(readFileSync(`${lab.dir}/kmon.yaml`, 'utf8'))?.[1] ?? '';
    const teardown = await run('teardown', '--yes', '--room', room);
    expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
    expect(teardown.stdout).toContain('machines as found: 2/2');
    await expectAsFound();
  });
});
