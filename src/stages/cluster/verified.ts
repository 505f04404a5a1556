import { prometheusOf } from '../../addons/asked-prometheus.js';
import { APP_LABEL } from '../../apps/watch-app/marks.js';
import { clusterNodes } from '../../cluster/nodes.js';
import type { Context } from '../../engine/stage.js';
import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Gate } from '../../observe/gate.js';
import { EXPORTER_JOB, JOB_AMONG_OTHERS, OBSERVED_JOB } from '../../observe/exporter-job.js';
import { healthQuestion, readHealth } from '../../observe/prometheus-health.js';
import type { HealthCheck } from '../../observe/prometheus-health.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { activeTargets, askPrometheus, parseAnswers } from '../../tools/prometheus.js';
import type { Target } from '../../tools/prometheus.js';
import { clusterThere } from './cluster-there.js';
import { isOfRoom, lookAtExisting } from './existing-health.js';
import type { PrometheusSeen } from './existing-health.js';
import { lookAtGrafana } from './grafana-health.js';
import { lookMeasured, remedyFor } from './measured.js';

/** Something that is not as it must be: what, why, and what to do. */
export interface Missing {
  readonly what: string;
  readonly because: string;
  readonly fix?: string;
}

/** Everything that the cluster and Prometheus say of the monitoring. */
export interface VerifiedSeen {
  readonly nodes: readonly ClusterNode[];
  /** Of the Ready machines that the command is about: the gate of the deployment itself. */
  readonly gate: Gate;
  /** Those of the room: what `kmon watch-app` has added is the class's, and among the notes. */
  readonly targets: readonly Target[];
  readonly health: readonly HealthCheck[];
  readonly missing: readonly Missing[];
  /** What is said and fails nothing: observed computers that do not answer, what applications of the class do, a Grafana that is not wanted. */
  readonly notes: readonly string[];
}

/** Looks at all that `deploy-monitoring` proves, and tells it instead of waiting for it. */
export const lookVerified = lookingStage<VerifiedSeen>({
  id: 'verified',
  title: 'Look whether all of it works',
  after: onParent(clusterThere),
  on: 'cluster',
  look: async (c) => {
    const { gate, absent, observed } = await lookMeasured(c);
    const nodes = await clusterNodes(c);
    const said = await (c.config.monitoring.profile === 'existing' ? lookAtExisting(c) : lookAtOwn(c));
    const { targets, health } = said;
    const ofRoom = targets.filter(
      (target) =>
        target.labels[APP_LABEL] === undefined &&
        (c.config.monitoring.profile !== 'existing' || isOfRoom(target)),
    );
    return {
      nodes,
      gate,
      targets: ofRoom,
      health,
      missing: [
        ...notReady(c, nodes, absent),
        ...(await notMeasured(c, gate, said.answers)),
        ...ofRoom.filter((t) => isMissing(t, gate)).map(notUp),
        ...health.flatMap(({ what, good, because, remedy }) =>
          good ? [] : [{ what, because, ...(remedy === undefined ? {} : { fix: remedy }) }],
        ),
      ],
      notes: [...observed.flatMap(({ because }) => because ?? []), ...appNotes(targets), ...said.notes],
    };
  },
  judge: ({ missing }) => satisfied(missing.length === 0 ? 'all of it' : `${missing.length} missing`),
});

/** What the monitoring that kmon has installed says of itself. */
async function lookAtOwn(c: Context): Promise<PrometheusSeen> {
  const keeping = { parent: c.config.room.parent.name, retention: c.config.monitoring.retention };
  const questions = [healthQuestion(keeping), activeTargets];
  const asked = askPrometheus(c.cluster.kubectl, await prometheusOf(c), questions);
  const [said, listed] = parseAnswers(await c.cluster.query(asked), questions.length);
  const grafana = await lookAtGrafana(c);
  return {
    answers: said?.kind === 'vector',
    targets: listed?.kind === 'targets' ? listed.targets : [],
    health: [...readHealth(said, keeping), ...grafana.health],
    notes: grafana.notes,
  };
}

function notReady(c: Context, nodes: readonly ClusterNode[], absent: readonly string[]): readonly Missing[] {
  return c.about.flatMap(({ name, role }): readonly Missing[] => {
    const join = role === 'parent' ? 'kmon init-parent' : `kmon join-child --only ${name}`;
    if (absent.includes(name))
      return [{ what: name, because: 'it is not in the cluster', fix: `run \`${join}\`` }];
    const node = nodes.find((n) => n.name === name);
    if (node === undefined || node.state === 'ready') return [];
    return [
      {
        what: name,
        because: `its node is not Ready: ${node.because ?? 'no answer from its kubelet'}`,
        fix: `look at its kubelet (sudo journalctl -u kubelet -n 50), or run \`${join}\` again`,
      },
    ];
  });
}

/** When Prometheus itself is silent that is said once, and not of every machine. */
async function notMeasured(c: Context, gate: Gate, isAnswering: boolean): Promise<readonly Missing[]> {
  if (!isAnswering) return [];
  const missing: Missing[] = [];
  for (const row of gate.rows) {
    if (row.lacks.length === 0) continue;
    const remedy = await remedyFor(row, c);
    const because = row.because ?? row.lacks.join(', ');
    missing.push(
      remedy instanceof KmonError
        ? {
            what: row.machine,
            because: `${because}: ${remedy.message}`,
            ...(remedy.hint === undefined ? {} : { fix: remedy.hint }),
          }
        : { what: row.machine, because, fix: remedy },
    );
  }
  return missing;
}

const MACHINES: readonly (string | undefined)[] = [EXPORTER_JOB, JOB_AMONG_OTHERS];

/** A machine's own target is told with the machine; an observed computer may be off. */
function isMissing({ health, labels }: Target, { rows }: Gate): boolean {
  if (health === 'up' || labels['job'] === OBSERVED_JOB) return false;
  const isMachines = MACHINES.includes(labels['job']) && rows.some((r) => r.machine === labels['node']);
  return !isMachines;
}

function notUp({ labels, health, lastError }: Target): Missing {
  const at = labels['node'] ?? labels['instance'] ?? '';
  return {
    what: `target ${labels['job'] ?? ''}${at === '' ? '' : ` on ${at}`}`,
    because: health === 'unknown' ? 'it has not been asked yet' : `it is down: ${lastError}`,
    fix:
      health === 'unknown'
        ? 'run `kmon verify` again in some seconds'
        : 'run `kmon check`: it says what is in the way of its port',
  };
}

/** A line for each application that is watched. The room is no worse for one that is down: its class may have stopped it. */
function appNotes(targets: readonly Target[]): readonly string[] {
  const apps = new Set(targets.flatMap(({ labels }) => labels[APP_LABEL] ?? []));
  return [...apps].toSorted().map((app) => {
    const own = targets.filter(({ labels }) => labels[APP_LABEL] === app);
    const down = own.filter(({ health }) => health === 'down');
    const up = own.filter(({ health }) => health === 'up').length;
    const why = down.map(
      ({ labels, lastError }) => `${labels['pod'] ?? labels['instance'] ?? ''}: ${lastError}`,
    );
    return [`application ${app}: ${up} of ${own.length} targets up`, ...why].join('; ');
  });
}
