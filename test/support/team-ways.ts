import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { quote } from '../../src/shell/quote.js';
import type { RoomOfWays } from './network-ways.js';

const KUBECTL = 'HOME=/proc/no-home kubectl';
const ADMIN = `${KUBECTL} --kubeconfig /etc/kubernetes/admin.conf`;

/**
 * The teams of a room of one child, on its real API server: what each may and may not, seen by somebody who has nothing but its kubeconfig. Leaves
 * the teams there: with the cluster they go.
 */
export function sharesItAmongTeams(network: string, of: () => RoomOfWays): void {
  describe('the teams of the room', () => {
    /** As a team, with its file carried to the parent, where there is a kubectl. Prints what is refused too. */
    const as = (team: string, words: string, stdin = ''): string =>
      parent(
        `umask 077; f=$(mktemp); trap 'rm -f "$f"' EXIT
cat >"$f" <<'end'
${readFileSync(keyOf(team), 'utf8')}end
printf %s ${quote(stdin)} | ${KUBECTL} --kubeconfig "$f" ${words} 2>&1 || true`,
      );
    const parent = (script: string): string =>
      of().lab.machine('parent').sh(`PATH=/opt/kmon/bin:$PATH\n${script}`);
    const file = (name: string): string => join(of().lab.dir, name);
    const keyOf = (team: string): string => file(`.kmon/teams/${team}.kubeconfig`);
    const names = (...teams: readonly string[]): void => {
      const document = parseDocument(readFileSync(file('kmon.yaml'), 'utf8'));
      document.setIn(['teams', 'names'], teams);
      writeFileSync(file('kmon.yaml'), document.toString());
    };
    let image = '';

    beforeAll(() => {
      const all = parent(`${ADMIN} get nodes -o jsonpath='{.items[*].status.images[*].names[*]}'`);
      image = /\S+\/pause:[\w.-]+/.exec(all)?.[0] ?? '';
    });

    it('touch nothing where a namespace is taken by somebody else', async () => {
      parent(`${ADMIN} create namespace green`);
      names('red', 'blue', 'green');
      const taken = await of().run('teams');
      expect(taken.exitCode, taken.stderr).toBe(22);
      expect(taken.stderr).toContain('there is a namespace green already, and kmon did not make it');
      expect(parent(`${ADMIN} get namespaces -o name`)).not.toMatch(/red|blue|kmon-teams/);
      names('red', 'blue');
    });

    it('are made, proven, and left as they are the second time', async () => {
      const made = await of().run('teams');
      expect(made.exitCode, made.stderr.slice(-3000)).toBe(0);
      expect(made.stderr).toContain('what each may and may not is proven: red, blue');
      expect(made.stdout).toContain(
        `network policies: none, since the pod network of this room (${network}) enforces none`,
      );
      expect((statSync(keyOf('red')).mode & 0o777).toString(8)).toBe('600');
      const again = await of().run('teams');
      expect(again.exitCode, again.stderr.slice(-3000)).toBe(0);
      expect(again.stdout).toContain('nothing to change');
    });

    it('show their keys to nobody', () => {
      const token = /token: "?([\w-]+\.[\w-]+)/.exec(readFileSync(keyOf('red'), 'utf8'))?.[1] ?? '';
      expect(token.length).toBeGreaterThan(100);
      const transcripts = file('.kmon/transcripts');
      for (const name of readdirSync(transcripts))
        expect(readFileSync(join(transcripts, name), 'utf8')).not.toContain(token);
      expect(parent('ls /tmp')).not.toContain('kubeconfig');
    });

    it('do what they like in their own namespace', () => {
      expect(as('red', `create deployment web --image ${image} --replicas 2`)).toContain(
        'deployment.apps/web created',
      );
      expect(as('red', 'rollout status deployment/web --timeout 60s')).toContain('successfully rolled out');
      expect(as('red', 'expose deployment/web --port 80 --type NodePort')).toContain('service/web exposed');
      expect(as('red', 'create secret generic own --from-literal a=b')).toContain('secret/own created');
      expect(as('red', 'describe quota')).toMatch(/pods +2 +13/);
      expect(as('red', 'get nodes -o name')).toContain('node/child-1');
    });

    it.each([
      ['pods of another team', 'get pods --namespace blue', 'cannot list resource "pods"'],
      ['secrets of kube-system', 'get secrets --namespace kube-system', 'cannot list resource "secrets"'],
      [
        'what nodes have running',
        'get --raw /api/v1/nodes/child-1/proxy/pods',
        'cannot get resource "nodes/proxy"',
      ],
      ['a new namespace', 'create namespace more', 'cannot create resource "namespaces"'],
      [
        'its own quota',
        `patch quota kmon-team --type merge -p '{"spec":{"hard":{"pods":"99"}}}'`,
        'cannot patch resource "resourcequotas"',
      ],
      [
        'its own Pod Security',
        'label namespace red pod-security.kubernetes.io/enforce=privileged --overwrite',
        'cannot patch resource "namespaces"',
      ],
      [
        'more rights',
        'create rolebinding more --clusterrole admin --serviceaccount kmon-teams:red',
        'cannot create resource "rolebindings"',
      ],
      [
        'a key without end',
        'create token red --namespace kmon-teams',
        'cannot create resource "serviceaccounts/token"',
      ],
      [
        'the account of another team',
        'get --raw /api/v1/nodes --as system:serviceaccount:kmon-teams:blue',
        'Error from server (Forbidden)',
      ],
    ])('are refused %s', (_, words, refused) => {
      expect(as('red', words)).toContain(refused);
    });

    it('are told what is too much, and what is not safe', () => {
      const pod = (spec: object): string => {
        const container = { name: 'c', image, ...spec };
        const object = {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'c' },
          spec: { containers: [container] },
        };
        return as('red', 'create -f -', JSON.stringify(object));
      };
      const much = { memory: '900Gi' };
      expect(pod({ resources: { requests: much, limits: much } })).toMatch(
        /exceeded quota: kmon-team, requested: .*requests\.memory=900Gi.*limited: .*requests\.memory=/,
      );
      expect(pod({ securityContext: { privileged: true } })).toContain('violates PodSecurity "baseline');
    });

    it('have pods by a Deployment and a DaemonSet, on the child alone', () => {
      const labels = { app: 'each' };
      const each = {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'each' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } },
        },
      };
      expect(as('red', 'create -f -', JSON.stringify(each))).toContain('daemonset.apps/each created');
      expect(as('red', 'rollout status daemonset/each --timeout 60s')).toContain('successfully rolled out');
      const where = `get pods -o jsonpath='{range .items[*]}{.spec.nodeName} {.status.phase}{"\\n"}{end}'`;
      expect(as('red', where).trim().split('\n')).toEqual(Array(3).fill('child-1 Running'));
      // Of what was given tolerations by the cluster, everything else may still be changed.
      expect(as('red', 'label pods --all seen=yes')).toMatch(/pod\/each-\w+ labeled/);
      expect(as('red', 'delete daemonset each')).toContain('deleted');
      expect(as('red', 'wait --for delete pod --selector app=each --timeout 60s')).not.toContain('error');
    });

    describe('are kept from the machines and addresses that are not for them', () => {
      const DENIED = "ValidatingAdmissionPolicy 'kmon-team' with binding 'kmon-team' denied request: ";
      const make = (kind: string, spec: object): string =>
        as('red', 'create -f -', JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: 'out' }, spec }));
      const pod = (spec: object): string => make('Pod', { containers: [{ name: 'c', image }], ...spec });
      const everywhere = { operator: 'Exists' };

      it('by the address that a service would take', () => {
        const ports = [{ port: 6443 }];
        const externalIPs = [of().lab.machine('parent').address];
        const words = `${DENIED}a Service of a team has addresses of the cluster only: leave out externalIPs`;
        expect(make('Service', { ports, externalIPs })).toContain(words);
        const later = `patch service web --type merge -p '${JSON.stringify({ spec: { externalIPs } })}'`;
        expect(as('red', later)).toContain(words);
        expect(make('Service', { ports, type: 'LoadBalancer' })).toContain('services.loadbalancers=0');
        expect(as('red', `patch service web --type merge -p '{"spec":{"type":"LoadBalancer"}}'`)).toContain(
          'services.loadbalancers=0',
        );
      });

      it.each([
        [
          'the machine that a pod names',
          { nodeName: 'parent' },
          "a team's pods run on the children: leave out nodeName",
        ],
        [
          'its priority',
          { priorityClassName: 'system-node-critical' },
          'priorities system-... are for what the cluster is made of: leave out priorityClassName',
        ],
        [
          'what it tolerates of the control plane',
          { tolerations: [{ ...everywhere, key: 'node-role.kubernetes.io/control-plane' }] },
          "a team's pods run on the children: leave out the toleration of the control plane",
        ],
        ['what it tolerates of everything', { tolerations: [everywhere] }, 'and one without a key'],
      ])('by %s', (_, spec, words) => {
        const refused = pod(spec);
        expect(refused).toContain(DENIED);
        expect(refused).toContain(words);
      });

      it('by what a pod that waits would tolerate later', () => {
        expect(pod({ nodeSelector: { 'kubernetes.io/hostname': 'parent' } })).toContain('pod/out created');
        const later = JSON.stringify([{ op: 'add', path: '/spec/tolerations/-', value: everywhere }]);
        expect(as('red', `patch pod out --type json -p '${later}'`)).toContain(DENIED);
        expect(as('red', 'delete pod out')).toContain('deleted');
      });

      it('by the disk that it would fill', () => {
        const much = { 'ephemeral-storage': '900Gi' };
        const container = { name: 'c', image, resources: { requests: much, limits: much } };
        expect(pod({ containers: [container] })).toMatch(
          /exceeded quota: kmon-team, .*ephemeral-storage=900Gi/,
        );
      });
    });

    it('fail their proof, by team and verb, when somebody has given them more', async () => {
      parent(
        `${ADMIN} create clusterrolebinding too-much --clusterrole view --group system:serviceaccounts:kmon-teams`,
      );
      const proven = await of().run('teams');
      parent(`${ADMIN} delete clusterrolebinding too-much`);
      expect(proven.exitCode, proven.stderr.slice(-3000)).toBe(23);
      expect(proven.stderr).toContain('team red may list the pods of team blue, which must be refused');
    });

    it('are listed with what they use, and have cards without a secret', async () => {
      const listed = await of().run('teams', 'list');
      expect(listed.stdout).toMatch(/^red .* 2 of 13 +\.kmon\/teams\/red\.kubeconfig +20\d\d-/m);
      const card = await of().run('teams', 'card');
      expect(card.exitCode, card.stderr).toBe(0);
      const page = readFileSync(file('team-cards.html'), 'utf8');
      expect(page).toContain(`https://${of().lab.machine('parent').address}:6443`);
      expect(page).not.toContain('data:');
    });

    it('go with all that is in their namespaces, and nothing of anybody else goes', async () => {
      const key = readFileSync(keyOf('red'), 'utf8');
      const another = await of().run('teams', 'remove', '--yes', '--room', 'another');
      expect(another.exitCode, another.stderr).toBe(2);
      expect(another.stderr).toMatch(/--room says another, the room is \S+; nothing was changed/);
      const room = /^room: (.*)$/m.exec(readFileSync(file('kmon.yaml'), 'utf8'))?.[1] ?? '';
      const removed = await of().run('teams', 'remove', '--yes', '--room', room);
      expect(removed.exitCode, removed.stderr.slice(-3000)).toBe(0);
      const kinds =
        'namespaces,clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings';
      expect(parent(`${ADMIN} get ${kinds} -o name`)).not.toMatch(/\/(?:red|blue|kmon-teams?)$/m);
      expect(parent(`${ADMIN} get namespace green -o name`)).toContain('green');
      expect(readdirSync(file('.kmon/teams'))).toEqual([]);
      writeFileSync(keyOf('red'), key, { mode: 0o600 });
      expect(as('red', 'get pods')).toMatch(/Unauthorized|must be logged in/);
      // What opened the teams before opens nothing of the new ones: it is another key.
      const again = await of().run('teams');
      expect(again.exitCode, again.stderr.slice(-3000)).toBe(0);
      expect(readFileSync(keyOf('red'), 'utf8')).not.toBe(key);
    });
  });
}
