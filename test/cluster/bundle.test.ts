import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasAddonsAtWork } from '../support/addons-at-work.js';
import { notAsItWas, snapshotsOfAnyCard } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { changesIn, kmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { kmonThere } from '../support/kmon-there.js';
import { makeLab } from '../support/lab.js';
import type { TestLab } from '../support/lab.js';
import { moveTo } from '../support/other-address.js';
import { sampleApp } from '../support/sample-app.js';
import { hasAddons } from '../support/addon-ways.js';
import { holdsUnderLoad } from '../support/load-ways.js';
import { hasItsWays } from '../support/network-ways.js';
import { sharesItAmongTeams } from '../support/team-ways.js';

/**
 * A room without any way out: its bundle is made where there is one, by kmon on a machine that has the lab's, and carried to the keyboard; then
 * the uplink is cut. Its pods have the network `vxlan`. In the order of a lesson; each test stands on the ones before it.
 */
const BUNDLE = process.env['KMON_BUNDLE'];
const SCRIPT = new URL('../../scripts/internet/build', import.meta.url).pathname;
const KUBECTL = 'HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf';
/** Where the bundle lies while it is made. */
const THERE = '/var/tmp/bundle';
const SYSTEM_PACKAGES = 'conntrack ebtables ethtool iproute2 iptables mount nftables runc socat util-linux';
/** What a load is made with, on the machine that asks. */
const LOAD_PACKAGES = 'hey';

describe.runIf(BUNDLE !== undefined || process.env['CI'] === 'true')(
  'a room by a bundle that kmon made',
  () => {
    let lab: TestLab;
    let container: string;
    let there: ReturnType<typeof kmonThere>;
    let before: Snapshots;
    let moveBack = (): void => undefined;
    const run = (...args: readonly string[]): Promise<Ended> =>
      kmon([...args, '--plain'], { cwd: lab.dir, timeoutMs: 900_000 });

    beforeAll(async () => {
      const made = execFileSync(SCRIPT, [BUNDLE ?? ''], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      lab = await makeLab({ children: 1, internet: made.trim().split('\n').at(-1) ?? '' });
      // A room without any way out has these already: no bundle brings them.
      for (const machine of lab.machines) {
        machine.sh(`apt-get -qq update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends ${SYSTEM_PACKAGES} ${LOAD_PACKAGES} >/dev/null 2>&1`);
      }
      before = await snapshotsOfAnyCard(lab.machines);
      container = `kmon-${lab.name}-parent`;
      // The authority of the lab is among those of the system, which Node asks only when it is told to.
      const parent = lab.machine('parent');
      there = kmonThere(container, parent, { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt' });
      parent.sh(`cat >/run/kmon-there/home/kmon.yaml <<'end'
room: at-home
parent: 192.168.1.10
children: [192.168.1.11]
kubernetes: { version: "1.36", network: vxlan }
monitoring: { profile: lite, grafana: { enabled: false } }
addons: [metrics-server, pushgateway, blackbox, storage, ingress, dashboard, registry, dockercoins]
end`);
    });
    afterAll(async () => {
      await lab.down();
    });

    it('says what it would fetch, and fetches nothing', () => {
      const plan = there('bundle', 'make', THERE, '--dry-run');
      expect(plan.exitCode, plan.output).toBe(0);
      expect(plan.output).toMatch(/kubelet +v1\.36\.\d+ +amd64 +dl\.k8s\.io +\d+ MB/);
      expect(plan.output).toMatch(/to fetch: \d+ MB; nothing was fetched/);
      expect(lab.machine('parent').sh(`ls ${THERE} 2>/dev/null || true`)).toBe('');
    });

    it('says which image a registry lacks, and fetches nothing', () => {
      const home = '/run/kmon-there/home';
      lab
        .machine('parent')
        .sh(`sed 's/enabled: false/enabled: true/' ${home}/kmon.yaml >${home}/grafana.yaml`);
      const lacking = there('bundle', 'make', THERE, '--config', 'grafana.yaml');
      expect(lacking.exitCode, lacking.output).toBe(22);
      expect(lacking.output).toMatch(/✖ the image registry-1\.docker\.io\/grafana\/grafana:\S+ is not there/);
    });

    it('makes a bundle, and finds it whole and ready the second time', () => {
      const made = there('bundle', 'make', THERE);
      expect(made.exitCode, made.output).toBe(0);
      expect(made.output).toContain(`still take: ${SYSTEM_PACKAGES.replaceAll(' ', ', ')}`);
      expect(made.output).toMatch(/Kubernetes v1\.36\.\d+ for amd64, 30 parts/);
      expect(there('bundle', 'verify', THERE).output).toContain('all of its 30 parts are what the list says');
      expect(there('bundle', 'make', THERE).output).toContain('everything was there already');
    });

    it('fetches again what was damaged on the way', () => {
      lab
        .machine('parent')
        .sh(`printf x >>${THERE}/amd64/bin/ctr.gz; rm ${THERE}/amd64/images/lite-all-images.tar`);
      const damaged = there('bundle', 'verify', THERE);
      expect(damaged.exitCode, damaged.output).toBe(22);
      expect(damaged.output).toMatch(/ctr\.gz has \d+ bytes/);
      expect(damaged.output).toContain('lite-all-images.tar is missing');
      const mended = there('bundle', 'make', THERE);
      expect(mended.exitCode, mended.output).toBe(0);
      expect(there('bundle', 'verify', THERE).exitCode).toBe(0);
    });

    it('names the images that it lacks for another kmon.yaml, before anything is changed', async () => {
      execFileSync('podman', ['cp', `${container}:${THERE}`, join(lab.dir, 'bundle')]);
      lab.machine('parent').sh(`rm -rf ${THERE} /run/kmon-there`);
      const file = join(lab.dir, 'kmon.yaml');
      writeFileSync(file, `${readFileSync(file, 'utf8')}bundle: ./bundle\n`);
      await lab.link('internet', 'down');
      const lacking =
        /the bundle has no image of flannel, flannel-cni-plugin \(for `network: flannel`\), and .*ghcr\.io/;
      const check = await run('check');
      expect(check.stdout).toMatch(lacking);
      expect(check.stdout).toMatch(/run `kmon bundle make` again .*, or set `network: routes`/);
      const up = await run('up');
      expect(up.exitCode, up.stderr).toBe(22);
      expect(up.stderr).toMatch(new RegExp(`✖ .*${lacking.source}`));
      expect(notAsItWas(before, await snapshotsOfAnyCard(lab.machines))).toEqual([]);
    });

    it('makes a room of it whose uplink is cut, and has every machine measured', async () => {
      const file = join(lab.dir, 'kmon.yaml');
      // The network that the bundle was made for.
      const text = readFileSync(file, 'utf8').replace(/^kubernetes:\n/m, 'kubernetes:\n  network: vxlan\n');
      writeFileSync(file, text);
      const up = await run('up');
      expect(up.exitCode, up.stderr.slice(-3000)).toBe(0);
      expect(up.stderr).not.toMatch(/packages +install/);
      const status = await run('status');
      expect(status.stdout.match(/ ready /g), status.stdout).toHaveLength(2);
      expect((await run('up')).stdout).toContain('nothing to change');
    });

    it('has a web server on the child, whose page comes from everywhere, and takes it away again', async () => {
      const plan = await run('test-app', '--dry-run');
      expect(plan.stdout + plan.stderr).toMatch(
        /child-1 +for-test-app +to change: load 1 image: test-app-child-images/,
      );
      const app = await run('test-app');
      expect(app.exitCode, app.stderr.slice(-3000)).toBe(0);
      expect(app.stdout).toMatch(/^child-1 +kmon-test-app-\w+ +answers +\d+\.\d +all 2 machines$/m);
      const [, address = ''] = /http:\/\/([\d.]+:\d+)\//.exec(app.stdout) ?? [];
      // As a browser on another machine of the room.
      const page = lab.machine('child-1').sh(`perl -MIO::Socket::INET -e 'alarm 5;
        my $s = IO::Socket::INET->new("${address}") or die $@; print $s "GET / HTTP/1.0\\r\\n\\r\\n"; print <$s>'`);
      expect(page).toContain('<b id="child">child-1</b>');
      expect((await run('test-app')).stdout).toContain('nothing to change');
      const removed = await run('test-app', '--remove');
      expect(removed.exitCode, removed.stderr).toBe(0);
      expect((await run('test-app', '--remove')).stdout).toContain('nothing to change');
    });

    it('has an application of the class watched, says why where nothing comes, and takes it back', async () => {
      const kubectl = (what: string): string => lab.machine('parent').sh(`${KUBECTL} ${what}`);
      const image = kubectl("-n monitoring get ds kmon-node-exporter -o jsonpath='{.spec..image}'");
      kubectl(`apply -f - <<'end'\n${sampleApp(image)}\nend`);
      kubectl('-n red rollout status deployment shop --timeout 60s');
      const unknown = await run('watch-app', 'shop', '--port', 'metrix', '--namespace', 'red');
      expect(unknown.exitCode, unknown.stderr).toBe(22);
      expect(unknown.stderr).toContain('the Service red/shop has no port metrix (did you mean metrics?)');
      const closed = await run('watch-app', 'shop', '--port', 'closed', '--namespace', 'red');
      expect(closed.exitCode, closed.stderr).toBe(23);
      expect(closed.stderr).toMatch(
        /no metrics come of red\/shop: \S+ on child-1 .*: connect: connection refused/,
      );
      // The room is no worse for it.
      const verify = await run('verify');
      expect(verify.exitCode, verify.stdout).toBe(0);
      expect(verify.stdout).toMatch(
        /application red\/shop: 0 of 1 targets up; shop-\S+: .*connection refused/,
      );
      const watched = await run('watch-app', 'shop', '--port', 'metrics', '--namespace', 'red');
      expect(watched.exitCode, watched.stderr).toBe(0);
      expect(watched.stdout).toMatch(/^\S+:9090 +child-1 +up +-$/m);
      expect(watched.stdout).toMatch(/^[1-9]\d* series of its own/m);
      const back = await run('watch-app', 'shop', '--namespace', 'red', '--remove');
      expect(back.exitCode, back.stderr).toBe(0);
      expect(kubectl('-n red get service shop -o yaml')).not.toContain('kmon/');
      // A namespace that somebody has made is no team's, and `kmon teams` would say so.
      kubectl('delete namespace red --timeout 60s');
    });

    hasAddons(
      () => ({ lab, run }),
      () => {
        holdsUnderLoad(() => ({ lab, run }));
      },
    );

    hasAddonsAtWork(() => ({ lab, run }));

    hasItsWays('vxlan', () => ({ lab, run }));

    sharesItAmongTeams('vxlan', () => ({ lab, run }));

    it('has a load as the pod of a team, refused in the words of its quota, and leaves no Job', async () => {
      const kubectl = (what: string): string => lab.machine('parent').sh(`${KUBECTL} ${what}`);
      const much = await run('stress', '--team', 'red', '--cpu', '60', '--for', '5s');
      expect(much.exitCode, much.stderr.slice(-3000)).toBe(22);
      expect(much.stderr).toMatch(
        /there is no pod for it: exceeded quota: kmon-team, requested: .*requests\.cpu=1200m.*, limited: .*requests\.cpu=/,
      );
      const load = await run('stress', '--team', 'red', '--cpu', '20', '--for', '6s');
      expect(load.exitCode, load.stderr.slice(-3000)).toBe(0);
      expect(load.stdout).toMatch(/^child-1 .* as planned$/m);
      expect(kubectl('-n red get jobs,pods -o name')).not.toContain('kmon-stress');
    });

    it('follows a child and the parent that got other addresses, without a new join', async () => {
      const kubectl = (what: string): string => lab.machine('parent').sh(`${KUBECTL} ${what}`);
      const node = (of: string): string => kubectl(`get node child-1 -o jsonpath='${of}'`);
      const uid = node('{.metadata.uid}');
      const moves = [moveTo(lab.machine('child-1'), 77), moveTo(lab.machine('parent'), 76)] as const;
      const [child, parent] = moves;
      moveBack = () => {
        for (const move of moves) move.back();
      };
      const found = await run('repair', '--yes');
      expect(found.exitCode, found.stderr).toBe(0);
      expect(found.stdout).toMatch(new RegExp(`^child-1 +[\\d.]+ +${child.address} +SHA256:`, 'm'));
      expect(found.stdout).toMatch(new RegExp(`^parent +[\\d.]+ +${parent.address} +SHA256:`, 'm'));
      const up = await run('up');
      expect(up.exitCode, up.stderr.slice(-3000)).toBe(0);
      const again = await run('up');
      expect(again.stdout, changesIn(again.stderr)).toContain('nothing to change');
      expect(node('{.metadata.uid} {.status.addresses[?(@.type=="InternalIP")].address}')).toBe(
        `${uid} ${child.address}`,
      );
      const verify = await run('verify');
      expect(verify.exitCode, verify.stdout).toBe(0);
    });

    it('tells on one page how the lesson went', async () => {
      const report = await run('report', '--language', 'fr', '--out', 'lesson.html');
      expect(report.exitCode, report.stderr).toBe(0);
      expect(report.stdout).toMatch(/^2 machines; 2 joined; [1-9]\d* difficult/m);
      expect(report.stdout).toContain('curves of 2 machines');
      const page = readFileSync(join(lab.dir, 'lesson.html'), 'utf8');
      expect(page).toMatch(/<figure>\s*<h3>child-1<\/h3>\s*<svg /);
      expect(page).toMatch(/class="line cpu"\s+d="M\d[^"]*L/);
      // The bundle without the images of its network, and the `kmon up` that went well with another.
      expect(page).toMatch(/the bundle has no image of flannel[\s\S]*?Résolue à [^<]*kmon up/);
    });

    it('gives every machine back as it was found', async () => {
      const room = /^room: (.*)$/m.exec(readFileSync(join(lab.dir, 'kmon.yaml'), 'utf8'))?.[1] ?? '';
      const teardown = await run('teardown', '--yes', '--room', room);
      expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
      expect(teardown.stdout).toContain('machines as found: 2/2');
      expect(readdirSync(join(lab.dir, '.kmon/teams'))).toEqual([]);
      // Its report is of the files now.
      const report = await run('report', '--language', 'en', '--out', 'lesson.html');
      expect(report.exitCode, report.stderr).toBe(0);
      expect(report.stdout).toMatch(/^no curves: .*parent/m);
      const page = readFileSync(join(lab.dir, 'lesson.html'), 'utf8');
      expect(page).toContain('the machines were given back');
      moveBack();
      expect(notAsItWas(before, await snapshotsOfAnyCard(lab.machines))).toEqual([]);
    });
  },
);
