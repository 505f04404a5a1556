import { createHash, randomBytes } from 'node:crypto';
import type { Image } from '../../artifacts/artifact.js';
import { KMON_LITE } from '../../artifacts/charts.js';
import { GRAFANA, NODE_EXPORTER, PROMETHEUS } from '../../artifacts/images.js';
import type { Context, Stage, Verdict } from '../../engine/stage.js';
import { blocked, onParent, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allMachines } from '../../room/room.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { reads, withOptions } from '../../shell/command.js';
import { Secret } from '../../shell/secret.js';
import type { Helm, Release, ReleaseName } from '../../tools/helm.js';
import { helmLatest, helmUninstall, helmUpgrade, parseRelease, releaseDigest } from '../../tools/helm.js';
import { apiPath, applyManifest, getPods, getRaw, getRollout } from '../../tools/kubectl.js';
import { parseRollout } from '../../tools/kubernetes-objects.js';
import { ADMIN_KUBECONFIG, toolPaths } from '../../tools/paths.js';
import { putFile } from '../../tools/put-file.js';
import { parsePods, podTrouble } from '../../tools/pods.js';
import { whose } from '../machine/whose.js';
import { grafanaPasswordFile } from './cluster-files.js';
import { clusterNodes, kubectlOf, requireCluster } from './cluster.js';
import { initParent } from './init-parent.js';
import { nodeIp } from './kubeadm-values.js';
import { flannel } from './flannel.js';

export const RELEASE = 'kmon';
const GRAFANA_SECRET = 'kmon-grafana-admin';

interface MonitoringSeen {
  /** Why nothing is installed. */
  readonly refused?: KmonError;
  readonly release: Release;
  /** The chart and the values as they should be installed. */
  readonly wanted?: Wanted;
  readonly hasGrafanaSecret: boolean;
  /** Of what the release brings; absent while it is not the one that is wanted. */
  readonly rollouts?: Verdict;
}

interface Wanted {
  readonly chart: Chart;
  readonly values: string;
  readonly digest: string;
}

/**
 * The monitoring of the profile `lite`, installed by Helm: a chart of kmon's own, with Prometheus on the parent and node-exporter on every
 * machine. It goes on while children join: every machine of the room is scraped, joined or not. `stack` is refused until it is there.
 */
export const monitoring: Stage<MonitoringSeen> = {
  id: 'monitoring',
  title: 'Deploy the monitoring',
  after: onParent(whose, initParent, flannel),
  on: 'cluster',
  settleMs: 180_000,
  look: lookAtRelease,
  foresee: () => ({ release: { state: 'absent' }, hasGrafanaSecret: false }),
  judge: ({ refused, release, wanted, rollouts: parts }) => {
    if (refused !== undefined) return blocked(refused);
    if (release.state !== 'deployed') return pending(`release ${RELEASE} is ${release.state}`);
    if (release.digest !== wanted?.digest) return pending('another chart or other values are installed');
    return parts ?? pending('nothing is known of its pods');
  },
  // Where nothing is sent, the chart is the first that comes into kmon's folder.
  notes: () => [kmonFiles()],
  steps: (seen, c) => {
    const { release, wanted, hasGrafanaSecret } = seen;
    if (release.state === 'deployed' && release.digest === wanted?.digest) return [];
    return [
      ...(release.state === 'interrupted' ? [removeHalf(c)] : []),
      ...copyChart(c),
      ...(withGrafana(c) && !hasGrafanaSecret ? grafanaPassword(c) : []),
      install(c, wanted),
    ];
  },
  diagnose: async (because, c) => {
    const pods = parsePods(await c.run.query(getPods(kubectlOf(c), c.config.monitoring.namespace)));
    const troubles = pods.map(podTrouble).filter((t) => t !== undefined);
    const first = troubles[0];
    const again = 'run `kmon deploy-monitoring` again';
    if (first === undefined) {
      return new KmonError('not-verified', because, {
        hint: `give it a minute, since slow machines start slowly, and ${again}`,
      });
    }
    return new KmonError(
      'not-verified',
      `${first.pod}${first.node === undefined ? '' : ` on ${first.node}`}: ${first.reason}`,
      {
        evidence: first.detail,
        hint: `look at it (kubectl --kubeconfig .kmon/kubeconfig -n ${c.config.monitoring.namespace} describe pod ${first.pod}) and ${again}`,
      },
    );
  },
};

async function lookAtRelease(c: Context): Promise<MonitoringSeen> {
  const none = { release: { state: 'absent' }, hasGrafanaSecret: false } as const;
  if (c.config.monitoring.profile === 'stack') return { ...none, refused: notBuiltYet() };
  await requireCluster(c);
  const [release, wanted] = [await releaseOf(c), await wantedOf(c)];
  if (release.state === 'deployed' && release.digest === wanted.digest)
    return { release, wanted, hasGrafanaSecret: true, rollouts: await rollouts(c) };
  if (c.config.monitoring.grafana && !withGrafana(c))
    c.notice(`Grafana is left out: ${c.supply.called} has no image of it`);
  return { release, wanted, hasGrafanaSecret: withGrafana(c) && (await isGrafanaSecretThere(c)) };
}

function notBuiltYet(): KmonError {
  return new KmonError('precondition', 'the monitoring profile "stack" is not built yet', {
    hint: 'set monitoring.profile to lite in kmon.yaml',
  });
}

async function wantedOf(c: Context): Promise<Wanted> {
  const [chart, values] = [await chartOf(c), await valuesOf(c)];
  return { chart, values, digest: releaseDigest(chart.digest, values) };
}

function removeHalf(c: Context): Step {
  return {
    at: 'cluster',
    intent: 'remove a release that an earlier run left half done',
    command: helmUninstall(helmOf(c), { ...nameOf(c), timeoutSeconds: 60 }),
  };
}

/** It may have come with the tools. */
function copyChart(c: Context): readonly Step[] {
  if (c.supply.chart(KMON_LITE).comesAs === 'file') return [];
  return [
    {
      at: 'cluster',
      intent: 'copy the chart',
      command: async () => {
        const { path, archive = Buffer.of(), digest } = await chartOf(c);
        return putFile({ path, content: archive, sha256: digest, mode: '644', timeoutMs: 120_000 });
      },
    },
  ];
}

function install(c: Context, wanted: Wanted | undefined): Step {
  return {
    at: 'cluster',
    intent: `helm upgrade --install ${RELEASE}`,
    command: async () => {
      const { chart, values, digest } = wanted ?? (await wantedOf(c));
      return helmUpgrade(helmOf(c), {
        ...nameOf(c),
        chart: chart.path,
        values,
        digest,
        timeoutSeconds: 120,
      });
    },
  };
}

function helmOf(m: Context): Helm {
  return { binary: toolPaths(m.supply).helm, kubeconfig: ADMIN_KUBECONFIG };
}

function nameOf(m: Context): ReleaseName {
  return { release: RELEASE, namespace: m.config.monitoring.namespace };
}

async function releaseOf(m: Context): Promise<Release> {
  return parseRelease(await m.run.query(helmLatest(helmOf(m), nameOf(m))));
}

interface Chart {
  /** Where it lies on the parent. */
  readonly path: string;
  /** What has to be put there; absent when it came with the tools. */
  readonly archive?: Buffer;
  readonly digest: string;
}

async function chartOf(m: Context): Promise<Chart> {
  const chart = m.supply.chart(KMON_LITE);
  if (chart.comesAs === 'file') return { path: chart.path, digest: chart.sha256 };
  const archive = await m.shared('chart', 600_000, chart.make);
  return { path: chart.path, archive, digest: createHash('sha256').update(archive).digest('hex') };
}

/** JSON is YAML. Keys in a fixed order: the digest of the release depends on the text. */
async function valuesOf(m: Context): Promise<string> {
  const { room, monitoring: c } = m.config;
  const nodes = await clusterNodes(m);
  const image = (wanted: Image): Record<string, string> => {
    const found = m.supply.image(wanted);
    return found === undefined ? {} : { image: found };
  };
  return JSON.stringify({
    parent: room.parent.name,
    machines: allMachines(room).map((machine) => ({
      name: machine.name,
      address:
        nodes.find((n) => n.name === machine.name)?.internalIp ??
        nodeIp(machine, m.factsOf.get(machine.name)),
      role: machine.role,
      ...(machine.team === undefined ? {} : { team: machine.team }),
    })),
    // Absent while there are none, so that a release without them keeps its digest.
    ...(room.observed.length === 0
      ? {}
      : {
          observed: room.observed.map(({ name, address, exporterPort, team }) => ({
            name,
            address,
            port: exporterPort,
            ...(team === undefined ? {} : { team }),
          })),
        }),
    scrape: {
      intervalSeconds: c.scrapeIntervalSeconds,
      timeoutSeconds: Math.max(1, c.scrapeIntervalSeconds - 1),
    },
    prometheus: {
      ...image(PROMETHEUS),
      nodePort: c.prometheusNodePort,
      retention: c.retention,
      memoryLimit: c.prometheusMemory,
    },
    nodeExporter: image(NODE_EXPORTER),
    grafana: { enabled: withGrafana(m), nodePort: c.grafanaNodePort, ...image(GRAFANA) },
  });
}

async function rollouts(m: Context): Promise<Verdict> {
  const { namespace } = m.config.monitoring;
  const wanted = [
    { kind: 'deployments' as const, name: 'kmon-prometheus' },
    { kind: 'daemonsets' as const, name: 'kmon-node-exporter' },
    ...(withGrafana(m) ? [{ kind: 'deployments' as const, name: 'kmon-grafana' }] : []),
  ];
  for (const { kind, name } of wanted) {
    const rollout = parseRollout(await m.run.query(getRollout(kubectlOf(m), kind, namespace, name)));
    if (rollout.state === 'absent') return pending(`${name} is not there`);
    // A machine that is away keeps the DaemonSet short for ever; whether the others are measured is proven by the next stage.
    if (rollout.state !== 'done' && kind === 'deployments') {
      return pending(`${name}: ${rollout.ready} of ${rollout.wanted} ready`);
    }
  }
  return satisfied('installed');
}

/** Wanted, and there is an image of it. */
function withGrafana(m: Context): boolean {
  return m.config.monitoring.grafana && m.supply.image(GRAFANA) !== undefined;
}

async function isGrafanaSecretThere(c: Context): Promise<boolean> {
  const path = apiPath('api', 'v1', 'namespaces', c.config.monitoring.namespace, 'secrets', GRAFANA_SECRET);
  const look = reads`${getRaw(kubectlOf(c), path)} >/dev/null 2>&1`;
  return (await c.run.query(withOptions(look, { ok: 'any' }))).exitCode === 0;
}

/** A random password, once: beside kmon.yaml for the teacher (0600), and in the cluster. */
function grafanaPassword(c: Context): readonly Step[] {
  const file = grafanaPasswordFile(c.config);
  let made: Secret | undefined;
  // A plan needs none.
  const password = (): Secret => (made ??= new Secret(randomBytes(12).toString('base64url')));
  return [
    {
      at: 'here',
      intent: `write Grafana's password into ${file} on this computer`,
      file,
      content: () => password().within((text) => `${text}\n`),
      notice: `Grafana's admin password is in ${file}`,
    },
    {
      at: 'cluster',
      intent: "make Grafana's password",
      command: () => applyManifest(kubectlOf(c), grafanaSecret(c.config.monitoring.namespace, password())),
    },
  ];
}

function grafanaSecret(namespace: string, password: Secret): Secret {
  return password.within((text) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: GRAFANA_SECRET, namespace },
          stringData: { 'admin-user': 'admin', 'admin-password': text },
        },
      ],
    }),
  );
}
