import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { NEEDS } from '../../src/dashboards/meaning.js';
import { shippedDashboard } from '../../src/dashboards/shipped.js';
import { quote } from '../../src/shell/quote.js';
import { filled, needOf, panelsOf, readDashboard, VARIABLES } from './dashboards.js';
import { changesIn } from './kmon.js';
import type { RoomOfWays } from './network-ways.js';

const KUBECTL = 'HOME=/proc/no-home kubectl --kubeconfig /etc/kubernetes/admin.conf';
const PROMETHEUS = '/api/v1/namespaces/monitoring/services/kmon-prometheus:http/proxy/api/v1';
const IDS = [
  'pushgateway',
  'blackbox',
  'storage',
  'ingress',
  'dashboard',
  'registry',
  'dockercoins',
] as const;
/** Of kmon's containerd, on a machine. */
const CTR = '/opt/kmon/bin/ctr -a /run/kmon-containerd/containerd.sock -n k8s.io';
const COINS = '/api/v1/namespaces/dockercoins/services/webui:http/proxy/json';
/** Of the cluster, in which each of them has something. */
const SHARED = 'namespaces,clusterroles,clusterrolebindings,storageclasses,ingressclasses,persistentvolumes';

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

/**
 * Add-ons in a room of one child with the small monitoring: they come by a line in kmon.yaml, do what they are for, and go without leaving anything.
 * Of the dashboard it is what is around Headlamp, which cannot be had: a page that says so stands in for it. Removes them all.
 */
export function hasAddonsAtWork(of: () => RoomOfWays): void {
  describe(`the add-ons ${IDS.join(', ')}`, () => {
    const parent = (script: string): string =>
      of().lab.machine('parent').sh(`PATH=/opt/kmon/bin:$PATH\n${script}`).trim();
    const child = (script: string): string => of().lab.machine('child-1').sh(script).trim();
    const kubectl = (words: string): string => parent(`${KUBECTL} ${words}`);
    const apply = (text: string): string => parent(`${KUBECTL} apply -f - <<'end'\n${text}\nend`);
    const ask = (expr: string): Answer['data']['result'] => {
      const query = new URLSearchParams({ query: expr }).toString();
      return (JSON.parse(kubectl(`get --raw ${quote(`${PROMETHEUS}/query?${query}`)}`)) as Answer).data
        .result;
    };
    const soon = { timeout: 30_000, interval: 1000 };
    const address = (): string =>
      kubectl(`get node parent -o jsonpath='{.status.addresses[?(@.type=="InternalIP")].address}'`);
    const shared = (): string => kubectl(`get ${SHARED} -o name`);
    let before = '';
    let image = '';

    const list = (addons: readonly string[]): void => {
      const file = join(of().lab.dir, 'kmon.yaml');
      const document = parseDocument(readFileSync(file, 'utf8'));
      if (addons.length === 0) document.delete('addons');
      else document.set('addons', addons);
      writeFileSync(file, document.toString());
    };

    it('come by a line in kmon.yaml, and a second run changes nothing', async () => {
      before = shared();
      list(IDS);
      const up = await of().run('up');
      expect(up.exitCode, up.stderr.slice(-3000)).toBe(0);
      for (const id of IDS) expect(up.stderr).toMatch(new RegExp(`parent +${id} +changed: applied`));
      const again = await of().run('up');
      expect(again.stdout, changesIn(again.stderr)).toContain('nothing to change');
      const verify = await of().run('addon', 'verify');
      expect(verify.exitCode, verify.stderr).toBe(0);
      const listed = await of().run('addon', 'list');
      for (const id of IDS) expect(listed.stdout).toMatch(new RegExp(`^${id} +yes +yes `, 'm'));
    });

    it('dockercoins makes twice as many with two workers, and with ten as many as rng can give', async () => {
      const mining = async (workers: number): Promise<number> => {
        kubectl(`-n dockercoins scale deployment worker --replicas ${workers}`);
        kubectl('-n dockercoins rollout status deployment worker --timeout 60s');
        const hashes = (): number =>
          (JSON.parse(kubectl(`get --raw ${COINS}`)) as { readonly hashes: number }).hashes;
        // It counts once a second.
        await new Promise((done) => setTimeout(done, 2000));
        const [before, from] = [hashes(), performance.now()];
        await new Promise((done) => setTimeout(done, 4000));
        return (1000 * (hashes() - before)) / (performance.now() - from);
      };
      // Four seconds in which the computer had something else to do say nothing: it is measured again, and the last one counts.
      for (let left = 2; ; left--) {
        const [one, two, ten] = [await mining(1), await mining(2), await mining(10)];
        const asItShould = two / one > 1.5 && two / one < 2.7 && ten > two && ten < 12;
        if (left > 0 && !asItShould) continue;
        expect(asItShould, `with 1, 2 and 10 workers: ${one}, ${two}, ${ten} a second`).toBe(true);
        break;
      }
      // Who it is, by the panels of the dashboard: on its way to all that it may use, as none of those is of which there are ten. By two it is kept at a third.
      const panels = panelsOf(readDashboard(await shippedDashboard('kmon-team')));
      const drawn = (title: string): Readonly<Record<string, number>> => {
        const [target] = panels.find((panel) => panel.title === title)?.targets ?? [];
        const answer = ask(filled(target?.expr ?? '', { ...VARIABLES, namespace: 'dockercoins' }));
        return Object.fromEntries(
          answer.map(({ metric, value }) => [metric['workload'] ?? '', Number(value[1])]),
        );
      };
      await expect
        .poll(() => drawn('CPU / of what it may use')['rng'], { ...soon, timeout: 60_000 })
        .toBeGreaterThan(45);
      const { rng = 0, ...others } = drawn('CPU / of what it may use');
      for (const [part, percent] of Object.entries(others)) expect(percent, part).toBeLessThan(rng / 2);
      const parts = ['hasher', 'redis', 'rng', 'webui', 'worker'];
      for (const { title, targets = [] } of panels)
        if (targets.some(({ expr }) => expr.includes('$namespace')))
          expect(Object.keys(drawn(title)).toSorted(), title).toEqual(parts);
      // What the class has made of it is as it should be, and nobody has to work for it.
      kubectl('-n dockercoins scale deployment worker --replicas 0');
      expect((await of().run('addon', 'verify', 'dockercoins')).exitCode).toBe(0);
    });

    it('blackbox has asked every machine, under the name that it has in the room, and its panels show it', async () => {
      const answers = ask('probe_success{job="probe"}').map(
        ({ metric: { node, instance, role, probe }, value: [, value] }) =>
          [probe, node, instance, role, value].join(' '),
      );
      expect(answers.toSorted()).toEqual([
        'kubelet child-1 child-1 child 1',
        'kubelet parent parent parent 1',
        'ping child-1 child-1 child 1',
        'ping parent parent parent 1',
      ]);
      expect(ask('probe_icmp_duration_seconds{phase="rtt"}')).toHaveLength(2);
      const all = panelsOf(readDashboard(await shippedDashboard('kmon-cluster')));
      const panels = all.filter((panel) => needOf(panel) === NEEDS.blackbox);
      expect(panels).toHaveLength(4);
      for (const { title, targets = [] } of panels)
        for (const { expr } of targets)
          expect(
            ask(filled(expr, VARIABLES))
              .map(({ metric }) => metric['node'])
              .toSorted(),
            title,
          ).toEqual(['child-1', 'parent']);
    });

    it('pushgateway brings what was pushed to Prometheus, as what it was pushed, and forgets it again', async () => {
      const address = kubectl("-n kmon-pushgateway get svc kmon-pushgateway -o jsonpath='{.spec.clusterIP}'");
      const push = (method: string, path: string, text = ''): void => {
        const answer = child(asked(`${address}:9091`, `${method} /metrics/job/${path}`, '', text));
        expect(answer).toMatch(/^HTTP\/1\.[01] 20[02] /);
      };
      push('PUT', 'printer/node/child-1', 'pages_printed 3\n');
      push('PUT', 'node-exporter/node/child-1', 'node_load1 999\n');
      await expect
        .poll(() => ask('pages_printed').map(({ metric, value }) => [metric, value[1]]), soon)
        .toEqual([[{ __name__: 'pages_printed', job: 'printer', node: 'child-1' }, '3']]);
      expect(ask('node_load1').map(({ value }) => Number(value[1]) < 999)).toEqual([true, true]);
      push('DELETE', 'printer/node/child-1');
      await expect.poll(() => ask('pages_printed'), soon).toEqual([]);
    });

    it('storage keeps on a child what a pod has written, and says whose it is where it would go', async () => {
      const args = kubectl("-n kmon-storage get deploy kmon-storage -o jsonpath='{..args}'");
      image = /--helper-image=([^"]+)"/.exec(args)?.[1] ?? '';
      expect(kubectl('get storageclasses -o name')).toBe('storageclass.storage.k8s.io/local-path');
      apply(JSON.stringify(claim));
      apply(
        JSON.stringify(pod('writer', image, 'cat /keep/note 2>/dev/null; echo kept >/keep/note; sleep 600')),
      );
      kubectl('wait --for condition=Ready pod/writer --timeout 60s');
      // A container is Ready as soon as it runs, whatever it has done by then.
      await expect
        .poll(() => child('cat /var/lib/kubelet/kmon-volumes/*/note 2>/dev/null || true'), soon)
        .toBe('kept');
      kubectl('delete pod writer --timeout 30s');
      apply(JSON.stringify(pod('reader', image, 'cat /keep/note; sleep 600')));
      kubectl('wait --for condition=Ready pod/reader --timeout 60s');
      await expect.poll(() => kubectl('logs reader'), soon).toBe('kept');
      const refused = await of().run('addon', 'remove', 'storage');
      expect(refused.exitCode, refused.stderr).toBe(22);
      expect(refused.stderr).toContain("storage is in use: one volume has somebody's files: default/notes");
      kubectl('delete pod/reader pvc/notes --timeout 30s');
      await expect.poll(() => kubectl('get persistentvolumes -o name'), soon).toBe('');
      expect(child('ls -A /var/lib/kubelet/kmon-volumes')).toBe('');
    });

    it('ingress leads from another machine to a pod by a name, and to nobody by another', async () => {
      apply(
        page(image)
          .map((object) => JSON.stringify(object))
          .join('\n---\n'),
      );
      const get = (host: string): string => child(asked(`${address()}:30080`, 'GET /', host));
      await expect
        .poll(() => get('page.room.example'), soon)
        .toMatch(/^HTTP\/1\.[01] 200 [^]*it is the page$/);
      expect(get('other.room.example')).toMatch(/^HTTP\/1\.[01] 404 /);
      expect(kubectl("get ingress page -o jsonpath='{.spec.ingressClassName}'")).toBe('traefik');
      kubectl('delete ingress/page service/page pod/page --timeout 30s');
    });

    it('dashboard has a port that answers, and a token that looks and changes nothing', async () => {
      const file = join(of().lab.dir, '.kmon/dashboard-token');
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
      const token = readFileSync(file, 'utf8').trim();
      expect(token.length).toBeGreaterThan(100);
      expect(child(asked(`${address()}:30081`, 'GET /'))).toMatch(/^HTTP\/1\.[01] 200 /);
      const as = (words: string): string =>
        parent(`umask 077; f=$(mktemp); trap 'rm -f "$f"' EXIT
${KUBECTL} config view --raw --minify | sed '/^users:/,$d' >"$f"
printf 'users: [{name: kubernetes-admin, user: {token: %s}}]\\n' ${quote(token)} >>"$f"
HOME=/proc/no-home kubectl --kubeconfig "$f" ${words} 2>&1 || true`);
      expect(as('get nodes -o name')).toContain('node/child-1');
      expect(as('get pods -A -o name')).toContain('pod/kmon-dashboard-');
      expect(as('logs -n kmon-dashboard deploy/kmon-dashboard')).not.toContain('Forbidden');
      for (const words of [
        'get secrets -A',
        'delete pod -n kmon-dashboard --all',
        'scale deployment -n kmon-dashboard kmon-dashboard --replicas 0',
        'exec -n kmon-dashboard deploy/kmon-dashboard -- true',
        'create token teacher -n kmon-dashboard',
        'get nodes --as system:admin',
      ])
        expect(as(words), words).toMatch(/\bforbidden\b/i);
      // Headlamp itself may nothing.
      const own = 'system:serviceaccount:kmon-dashboard:kmon-dashboard';
      expect(kubectl(`auth can-i list pods --as ${own} 2>/dev/null || true`)).toBe('no');
      for (const name of readdirSync(join(of().lab.dir, '.kmon/transcripts')))
        expect(readFileSync(join(of().lab.dir, '.kmon/transcripts', name), 'utf8')).not.toContain(token);
      kubectl('delete clusterrolebinding kmon-dashboard-view');
      const verify = await of().run('addon', 'verify', 'dashboard');
      expect(verify.exitCode, verify.stderr).toBe(23);
      expect(verify.stderr).toContain('clusterrolebinding kmon-dashboard-view is not there');
    });

    it('registry gives a child an image that it never had, by either name, and stays while a pod is of it', async () => {
      const address = kubectl(
        `get node parent -o jsonpath='{.status.addresses[?(@.type=="InternalIP")].address}'`,
      );
      const pushed = 'red/push:1';
      const here = parent(`${CTR} images ls -q`)
        .split('\n')
        .find((name) => name.includes('/pushgateway:'));
      expect(child(`${CTR} images ls -q`)).not.toContain('/pushgateway:');
      parent(`${CTR} images tag ${quote(here ?? '')} kmon-parent:30500/${pushed} >/dev/null
${CTR} images push --hosts-dir /run/kmon-containerd/certs.d kmon-parent:30500/${pushed} >/dev/null
${CTR} images rm kmon-parent:30500/${pushed} >/dev/null`);
      for (const [i, name] of ['kmon-parent:30500', `${address}:30500`].entries())
        apply(JSON.stringify(onChild(`pulled-${i}`, `${name}/${pushed}`)));
      kubectl('wait --for condition=Ready pod/pulled-0 pod/pulled-1 --timeout 60s');
      const refused = await of().run('addon', 'remove', 'registry');
      expect(refused.exitCode, refused.stderr).toBe(22);
      expect(refused.stderr).toContain(
        'registry is in use: of its images are pod default/pulled-0, pod default/pulled-1',
      );
      kubectl('delete pod/pulled-0 pod/pulled-1 --timeout 30s');
    });

    it('dockercoins stays while the class has something of its own beside it', async () => {
      kubectl('-n dockercoins autoscale deployment rng --min 1 --max 2 --cpu-percent 80 >/dev/null');
      const refused = await of().run('addon', 'remove', 'dockercoins');
      expect(refused.exitCode, refused.stderr).toBe(22);
      expect(refused.stderr).toContain('horizontalpodautoscaler/rng');
      kubectl('-n dockercoins delete horizontalpodautoscaler/rng');
    });

    it('go one by one, and leave nothing', async () => {
      list([]);
      for (const id of IDS) {
        const removed = await of().run('addon', 'remove', id);
        expect(removed.exitCode, removed.stderr).toBe(0);
      }
      expect(shared()).toBe(before);
      expect(readdirSync(join(of().lab.dir, '.kmon'))).not.toContain('dashboard-token');
      for (const on of [parent, child]) expect(on('ls -A /etc/kmon')).not.toContain('certs.d');
      expect((await of().run('verify')).exitCode).toBe(0);
    });
  });
}

/** A request in the words of HTTP, as a browser on a machine without one. */
function asked(to: string, request: string, host = '', text = ''): string {
  const head = [`${request} HTTP/1.0`, `Host: ${host}`, `Content-Length: ${text.length}`, '', text].join(
    '\r\n',
  );
  return `perl -MIO::Socket::INET -e 'alarm 5; my $s = IO::Socket::INET->new($ARGV[0]) or die $@; print $s $ARGV[1]; print <$s>' ${quote(to)} ${quote(head)}`;
}

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'notes' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
};

/** Who is no root writes there too. */
function pod(name: string, image: string, script: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsUser: 1000 },
      containers: [
        {
          name,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', '-c', script],
          volumeMounts: [{ name: 'keep', mountPath: '/keep' }],
        },
      ],
      volumes: [{ name: 'keep', persistentVolumeClaim: { claimName: 'notes' } }],
    },
  };
}

/** A pod on the child that has to pull its image. */
function onChild(name: string, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName: 'child-1',
      terminationGracePeriodSeconds: 0,
      containers: [{ name, image, imagePullPolicy: 'Always' }],
    },
  };
}

function page(image: string): readonly object[] {
  const labels = { app: 'page' };
  const script =
    'mkdir /tmp/page && echo it is the page >/tmp/page/index.html && exec httpd -f -p 8080 -h /tmp/page';
  const backend = { service: { name: 'page', port: { number: 80 } } };
  const paths = [{ path: '/', pathType: 'Prefix', backend }];
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'page', labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'page', image, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'page' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'page' },
      spec: { rules: [{ host: 'page.room.example', http: { paths } }] },
    },
  ];
}
