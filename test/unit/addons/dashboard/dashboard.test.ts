import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { dashboard } from '../../../../src/addons/dashboard/dashboard.js';
import { teacherTokenFile } from '../../../../src/addons/dashboard/names.js';
import { silentPort } from '../../../../src/addons/dashboard/parent-port.js';
import { teacherTrials, tokenFailing } from '../../../../src/addons/dashboard/teacher-trials.js';
import type { Proof } from '../../../../src/addons/addon.js';
import { lookingStage, onParent, satisfied } from '../../../../src/engine/stage.js';
import { addonStage } from '../../../../src/stages/cluster/addon-stage.js';
import { initParent } from '../../../../src/stages/cluster/init-parent.js';
import { removeAddons } from '../../../../src/stages/cluster/remove-addons.js';
import { PARENT, sampleConfig } from '../../../support/sample-room.js';
import { asks, does } from '../../../support/scripted-runner.js';
import type { Answer, Step } from '../../../support/scripted-runner.js';
import { tokenOf } from '../../../support/team-token.js';
import { asksNodes } from '../../stages/answers.js';
import { carriedOutIn, play } from '../../stages/stage-run.js';
import type { Played } from '../../stages/stage-run.js';
import { AddonRoom } from '../addon-run.js';
import { ModelCluster } from '../model-cluster.js';

/** The clock of tests begins at the first moment of 2026. */
const NOW = Date.UTC(2026, 0, 1) / 1000;
const HOUR = 3600;

function stateDir(token?: string): { readonly stateDir: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const config = { stateDir: join(folder, '.kmon') };
  if (token !== undefined) {
    mkdirSync(config.stateDir);
    writeFileSync(teacherTokenFile(config), `${token}\n`, { mode: 0o600 });
  }
  return config;
}

/** What a proof says, asked as a stage asks it. */
async function said(
  proof: Proof,
  parent: readonly Step[],
  setting: Parameters<typeof play>[2] = {},
): Promise<string | undefined> {
  const played = await play(asking(proof), { parent }, { machine: PARENT, ...setting });
  return played.because === 'proven' ? undefined : played.because;
}

const asking = (proof: Proof) =>
  lookingStage<string | undefined>({
    id: 'asking',
    title: 'Ask',
    after: [],
    on: 'cluster',
    look: proof,
    judge: (because) => satisfied(because ?? 'proven'),
  });

/** A token for the trial, which is kept nowhere. */
const asked = asks('create token teacher --namespace kmon-dashboard --duration 10m', 'a-token\n');

const nodes = asksNodes({ name: 'pc-10', address: '192.0.2.10' });
const entry = asks(' config view ', '{"server":"https://kmon-parent:6443"}');
const REFUSED = 'Error from server (Forbidden): pods is forbidden: User "x" cannot list resource "pods"';
const outcomes = (change: Readonly<Record<string, string>> = {}): Answer =>
  teacherTrials('pc-10')
    .map(({ what, must }) => change[what] ?? (must === 'allowed' ? '0 ' : `1 ${REFUSED}`))
    .join('\n');

describe("the teacher's token", () => {
  it('is tried on what a lesson looks at, and on what would reach beyond', () => {
    expect(teacherTrials('pc-10').map(({ must, what }) => `${must}: ${what}`)).toEqual([
      'allowed: list the nodes',
      'allowed: list the pods of all namespaces',
      'allowed: list the deployments of all namespaces',
      'allowed: list the metrics of the nodes',
      'allowed: read the log of a pod',
      'refused: list the secrets of all namespaces',
      'refused: list the secrets of kube-system',
      'refused: list the secrets of kmon-dashboard',
      'refused: get nodes/proxy of pc-10',
      'refused: enter a container',
      'refused: create a pod',
      'refused: create a key for itself',
    ]);
  });

  it('is proven when it opens all that it should, and no more', async () => {
    const config = stateDir(tokenOf(NOW, NOW + 8 * HOUR));
    const steps = (answer: Answer): readonly Step[] => [asked, nodes, entry, asks('umask 077', answer)];
    const good = [...steps(outcomes()), entry, asks('umask 077', '0 ')];
    expect(await said(tokenFailing, good, { config })).toBeUndefined();
    for (const { what, must } of teacherTrials('pc-10')) {
      const other = must === 'allowed' ? `1 ${REFUSED}` : '0 ';
      const wrong = must === 'allowed' ? `the teacher may not ${what}: ` : `the teacher may ${what}, which`;
      expect(await said(tokenFailing, steps(outcomes({ [what]: other })), { config })).toContain(wrong);
    }
  });

  it.each([
    ['is not there', undefined, 'is not on this computer'],
    ['is none', 'a password', 'is not on this computer'],
    ['is over', tokenOf(NOW - 9 * HOUR, NOW - HOUR), 'of this computer is over'],
    ['is of another cluster', tokenOf(NOW, NOW + 8 * HOUR), 'of this computer is not taken by this cluster'],
  ])('is proven from every computer, which is told where its own %s', async (_, token, told) => {
    const gone = asks('umask 077', '1 error: You must be logged in to the server (Unauthorized)');
    const parent = [asked, nodes, entry, asks('umask 077', outcomes())];
    const tried = told.endsWith('this cluster') ? [entry, gone] : [];
    const played = await play(
      asking(tokenFailing),
      { parent: [...parent, ...tried] },
      { machine: PARENT, config: stateDir(token) },
    );
    expect(played.because).toBe('proven');
    expect(JSON.stringify(played.events)).toContain(
      `the teacher's token ${told}: \`kmon addon add dashboard\` makes one`,
    );
  });

  it('is not proven where the cluster does not take it', async () => {
    const config = stateDir(tokenOf(NOW, NOW + 8 * HOUR));
    const gone = 'error: You must be logged in to the server (Unauthorized)';
    const answer = teacherTrials('pc-10')
      .map(() => `1 ${gone}`)
      .join('\n');
    expect(await said(tokenFailing, [asked, nodes, entry, asks('umask 077', answer)], { config })).toBe(
      'the key of the teacher is not taken: it may not even list the nodes',
    );
  });

  it('is written for its owner alone, kept while half of its time is to come, and goes with the add-on', async () => {
    const room = new AddonRoom('online', 'flannel', {}, new ModelCluster(), ['dashboard']);
    const stage = addonStage(dashboard, onParent(initParent));
    const { events, planned } = await room.run(stage);
    const file = teacherTokenFile(room.config);
    expect(planned).toEqual([
      'apply dashboard',
      "ask for the teacher's token, good for 8 h",
      `write the teacher's token into ${file} on this computer`,
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(events)).toContain(`the teacher's token for the dashboard, good for 8 h, is in`);
    expect(JSON.stringify(events)).not.toContain(readFileSync(file, 'utf8').trim());
    const tokens = room.model.asked.filter(({ script }) => script.includes(' create token '));
    expect(tokens.map(({ script }) => / create token .*/.exec(script)?.[0])).toEqual([
      ' create token teacher --namespace kmon-dashboard --duration 8h',
      ' create token teacher --namespace kmon-dashboard --duration 10m',
    ]);
  });

  it.each([
    ['that is none', () => 'a password', "the teacher's token is not on this computer"],
    [
      'half of whose time is over',
      () => tokenOf(NOW - 5 * HOUR, NOW + 3 * HOUR),
      "the teacher's token is over soon",
    ],
    [
      'of another cluster',
      () => tokenOf(NOW, NOW + 8 * HOUR),
      "the teacher's token is not taken by this cluster",
    ],
  ])('is made anew: one %s', async (_, token, because) => {
    const room = new AddonRoom('online', 'flannel', {}, new ModelCluster(), ['dashboard']);
    const stage = addonStage(dashboard, onParent(initParent));
    await room.run(stage);
    const file = teacherTokenFile(room.config);
    writeFileSync(file, `${token()}\n`, { mode: 0o600 });
    const dry = await room.run(stage, { dryRun: true });
    expect(dry.because).toBe(because);
    expect(dry.planned).toEqual([
      "ask for the teacher's token, good for 8 h",
      `write the teacher's token into ${file} on this computer`,
    ]);
    await room.run(stage);
    expect(await room.run(stage)).toMatchObject({ outcome: 'unchanged' });
  });
});

describe('the dashboard', () => {
  it('has no right of its own, and nothing that it could write but what goes with its pod', async () => {
    const room = new AddonRoom('online', 'flannel', {}, new ModelCluster(), ['dashboard']);
    await room.run(addonStage(dashboard, onParent(initParent)));
    const objects = [...room.model.applied]
      .flatMap((text) => parseAllDocuments(text))
      .map((d) => d.toJS() as { kind: string; subjects?: readonly { name: string }[]; spec: object });
    const bound = objects.flatMap(({ subjects = [] }) => subjects.map(({ name }) => name));
    expect(bound).toEqual(['teacher', 'teacher']);
    const [pod] = objects.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec);
    expect(pod).toMatchObject({
      template: {
        spec: {
          securityContext: { runAsNonRoot: true },
          // It copies its pages there each time it starts: what it left in the container before is still there.
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }],
          containers: [
            {
              args: [
                '-in-cluster',
                '-in-cluster-context-name=main',
                '-plugins-dir=/headlamp/plugins',
                '-session-ttl=28800',
              ],
              securityContext: {
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    });
  });

  it.each([
    ['HTTP/1.1 200 OK\r\n', undefined],
    ['HTTP/1.1 503 Service Unavailable\r\n', 'http://192.0.2.10:30081/ answers with 503'],
    ['', 'nobody answers at http://192.0.2.10:30081/'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'nobody answers at http://192.0.2.10:30081/'],
    [{ exitCode: 94 }, undefined],
  ])('answers at the port of the parent: %j', async (answer, because) => {
    expect(await said(silentPort, [nodes, asks('perl', answer)])).toBe(because);
  });

  it.each([
    ['online', { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30_081 }] }],
    ['context', { type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort: 'http' }] }],
  ] as const)('has a port of a machine in a room alone, that of the parent: %s', async (way, service) => {
    const room = new AddonRoom(way, 'flannel', {}, new ModelCluster(), ['dashboard']);
    await room.run(addonStage(dashboard, onParent(initParent)));
    const objects = [...room.model.applied]
      .flatMap((text) => parseAllDocuments(text))
      .map((d) => d.toJS() as { kind: string; spec: object });
    const [spec] = objects.filter(({ kind }) => kind === 'Service').map((o) => o.spec);
    expect(spec).toMatchObject(service);
    if (way === 'context') expect(JSON.stringify(spec)).not.toMatch(/nodePort|externalTrafficPolicy/);
  });

  it('asks no port of a cluster that is no room', async () => {
    expect(await said(silentPort, [], { context: 'kind-lab' })).toBeUndefined();
  });

  it('shows its address, and of a cluster that is no room a way there', () => {
    const config = sampleConfig();
    expect(dashboard.shows({ config, cluster: {} })).toEqual({
      kind: 'address',
      url: 'http://192.0.2.10:30081/',
    });
    expect(dashboard.shows({ config, cluster: { context: 'kind lab' } })).toEqual({
      kind: 'command',
      line: "kubectl --context 'kind lab' -n kmon-dashboard port-forward service/kmon-dashboard 8080:80",
    });
  });
});

describe('what opened a dashboard that is taken away', () => {
  const left = (wide: string, namespaced: string, namespace: string): readonly Step[] => [
    asks('get clusterrolebindings,clusterroles ', wide),
    asks('--namespace kmon-dashboard --selector', namespaced),
    asks('get namespaces ', namespace),
    ...(wide + namespaced + namespace === ''
      ? []
      : [asks('--all-namespaces --selector kmon/addon=dashboard ', '<none>\n')]),
  ];
  const removed = (config: { readonly stateDir: string }, parent: readonly Step[]): Promise<Played> =>
    play(removeAddons([dashboard], 'kmon addon remove dashboard'), { parent }, { machine: PARENT, config });

  it('goes with it from this computer', async () => {
    const config = stateDir('token');
    const played = await removed(config, [
      ...left('', 'serviceaccount/teacher\n', ''),
      asks('ledger.jsonl'),
      does('remove serviceaccount teacher in kmon-dashboard'),
      ...left('', '', ''),
    ]);
    expect(played.outcome).toBe('changed');
    expect(existsSync(teacherTokenFile(config))).toBe(false);
  });

  it('goes also where the dashboard is gone already, and nothing else is said to change', async () => {
    const config = stateDir('token');
    const played = await removed(config, [...left('', '', ''), asks('ledger.jsonl'), ...left('', '', '')]);
    expect(played.outcome).toBe('changed');
    expect(carriedOutIn(played)).toEqual([]);
    expect(existsSync(teacherTokenFile(config))).toBe(false);
    expect(await removed(config, left('', '', ''))).toMatchObject({
      outcome: 'unchanged',
      because: 'there is no dashboard of kmon',
    });
  });
});
