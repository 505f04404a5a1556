import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { findImage, partsFor } from '../../bundle/parts.js';
import type { Config } from '../../config/config.js';
import type { MachineContext, Probe, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allMachines } from '../../room/room.js';
import { chartArchive } from '../../render/chart-archive.js';
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
import { grafanaPasswordFile } from './cluster-files.js';
import { clusterNodes, kubectlOf, requireCluster } from './cluster.js';
import { installedPath } from '../machine/tools.js';
import { KMON_FOLDER } from '../../config/names.js';

export const RELEASE = 'kmon';
const GRAFANA_SECRET = 'kmon-grafana-admin';

/**
 * The monitoring of a profile, installed by Helm. `lite` is a chart of kmon's own: Prometheus on the parent, node-exporter on every
 * machine. `stack` (kube-prometheus-stack) is refused until it has its stage.
 */
export function monitoring(profile: Config['monitoring']['profile']): Stage {
  return profile === 'lite' ? lite : stack;
}

const stack: Stage = {
  id: 'monitoring',
  title: 'Deploy the monitoring',
  after: ['parent-network'],
  on: 'parent',
  settleMs: 0,
  outline: () => [],
  probe: async () => {
    throw new KmonError('precondition', 'the monitoring profile "stack" is not built yet', {
      hint: 'set monitoring.profile to lite in kmon.yaml',
    });
  },
  apply: async () => {},
};

const lite: Stage = {
  id: 'monitoring',
  title: 'Deploy the monitoring',
  // Children that are only planned would change nothing here: every machine of the room is scraped, joined or not.
  after: ['parent-network'],
  on: 'parent',
  settleMs: 180_000,
  // Without a bundle the chart is the first that comes into kmon's folder.
  notes: () => [kmonFiles()],
  probe: async (m): Promise<Probe> => {
    await requireCluster(m);
    const release = await releaseOf(m);
    if (release.state !== 'deployed') return pending(`release ${RELEASE} is ${release.state}`);
    if (release.digest !== (await digestOf(m))) return pending('another chart or other values are installed');
    return rollouts(m);
  },
  outline: (m) => [`helm upgrade --install ${RELEASE} into namespace ${m.config.monitoring.namespace}`],
  apply: async (m) => {
    const release = await releaseOf(m);
    if (release.state === 'deployed' && release.digest === (await digestOf(m))) return;
    const helm = helmOf(m);
    if (release.state === 'interrupted') {
      m.say('removing a release that an earlier run left half done');
      await m.run.mutate(
        'remove a half-done release',
        helmUninstall(helm, { ...nameOf(m), timeoutSeconds: 60 }),
      );
    }
    const chart = await chartOf(m);
    if (chart.archive !== undefined) {
      const { path, archive, digest } = chart;
      const put = { path, content: archive, sha256: digest, mode: '644', timeoutMs: 120_000 };
      await m.run.mutate('copy the chart', putFile(put));
    }
    if (withGrafana(m)) await grafanaSecret(m);
    else if (m.config.monitoring.grafana) m.notice('Grafana is left out: the bundle has no image of it');
    m.say('helm upgrade --install');
    await m.run.mutate(
      `helm upgrade --install ${RELEASE}`,
      helmUpgrade(helm, {
        ...nameOf(m),
        chart: chart.path,
        values: await valuesOf(m),
        digest: await digestOf(m),
        timeoutSeconds: 120,
      }),
    );
  },
  diagnose: async (m, because) => {
    const pods = parsePods(await m.run.query(getPods(kubectlOf(m), m.config.monitoring.namespace)));
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
        hint: `look at it (kubectl --kubeconfig .kmon/kubeconfig -n ${m.config.monitoring.namespace} describe pod ${first.pod}) and ${again}`,
      },
    );
  },
};

function helmOf(m: MachineContext): Helm {
  return { binary: toolPaths(m.config).helm, kubeconfig: ADMIN_KUBECONFIG };
}

function nameOf(m: MachineContext): ReleaseName {
  return { release: RELEASE, namespace: m.config.monitoring.namespace };
}

async function releaseOf(m: MachineContext): Promise<Release> {
  return parseRelease(await m.run.query(helmLatest(helmOf(m), nameOf(m))));
}

interface Chart {
  /** Where it lies on the parent. */
  readonly path: string;
  /** What has to be put there; absent when the bundle brought it. */
  readonly archive?: Buffer;
  readonly digest: string;
}

async function chartOf(m: MachineContext): Promise<Chart> {
  const part =
    m.bundle && partsFor(m.bundle, 'parent').find((p) => p.kind === 'chart' && p.name === 'kmon-lite');
  if (part !== undefined) return { path: installedPath(part), digest: part.sha256 };
  const archive = await m.shared('chart', 600_000, () => chartArchive('monitoring/lite', 'kmon-lite'));
  return {
    path: `${KMON_FOLDER}/charts/kmon-lite.tgz`,
    archive,
    digest: createHash('sha256').update(archive).digest('hex'),
  };
}

async function digestOf(m: MachineContext): Promise<string> {
  return releaseDigest((await chartOf(m)).digest, await valuesOf(m));
}

/** JSON is YAML. Keys in a fixed order: the digest of the release depends on the text. */
async function valuesOf(m: MachineContext): Promise<string> {
  const { room, monitoring: c } = m.config;
  const nodes = await clusterNodes(m);
  const image = (name: string): Record<string, string> => {
    const found = m.bundle && findImage(m.bundle, name);
    return found === undefined ? {} : { image: found };
  };
  return JSON.stringify({
    parent: room.parent.name,
    machines: allMachines(room).map((machine) => ({
      name: machine.name,
      // The address the node says it has, once it is there; it may be named by a host name in kmon.yaml.
      address: nodes.find((n) => n.name === machine.name)?.internalIp ?? machine.address,
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
      ...image('prometheus'),
      nodePort: c.prometheusNodePort,
      retention: c.retention,
      memoryLimit: c.prometheusMemory,
    },
    nodeExporter: image('node-exporter'),
    grafana: { enabled: withGrafana(m), nodePort: c.grafanaNodePort, ...image('grafana') },
  });
}

async function rollouts(m: MachineContext): Promise<Probe> {
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

/** Wanted, and its image is in the bundle or can be pulled. */
function withGrafana(m: MachineContext): boolean {
  return (
    m.config.monitoring.grafana && (m.bundle === undefined || findImage(m.bundle, 'grafana') !== undefined)
  );
}

/** A random password, once: in the cluster, and beside kmon.yaml for the teacher (0600). */
async function grafanaSecret(m: MachineContext): Promise<void> {
  const { namespace } = m.config.monitoring;
  const kubectl = kubectlOf(m);
  const there = await m.run.query(
    withOptions(
      reads`${getRaw(kubectl, apiPath('api', 'v1', 'namespaces', namespace, 'secrets', GRAFANA_SECRET))} >/dev/null 2>&1`,
      { ok: 'any' },
    ),
  );
  if (there.exitCode === 0) return;
  const password = randomBytes(12).toString('base64url');
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: GRAFANA_SECRET, namespace },
      stringData: { 'admin-user': 'admin', 'admin-password': password },
    },
  ];
  await mkdir(m.config.stateDir, { recursive: true, mode: 0o700 });
  const file = grafanaPasswordFile(m.config);
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  const manifest = new Secret(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }), [
    new Secret(password),
  ]);
  await m.run.mutate("make Grafana's password", applyManifest(kubectl, manifest));
  m.notice(`Grafana's admin password is in ${file}`);
}
