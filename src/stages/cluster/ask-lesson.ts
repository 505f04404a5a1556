import { prometheusOrWhyNot } from '../../addons/asked-prometheus.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Config } from '../../config/config.js';
import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import type { Stage } from '../../engine/stage.js';
import { curvesOf } from '../../lesson/curves.js';
import { firedAlerts } from '../../lesson/fired.js';
import type { LiveLesson, Told } from '../../lesson/lesson.js';
import { alertStepSeconds, curveStepSeconds, pastQuestions } from '../../lesson/past-questions.js';
import type { PastScope } from '../../lesson/past-questions.js';
import { alertRows } from '../../observe/alerts.js';
import { allComputers, allMachines } from '../../room/room.js';
import { withOptions } from '../../shell/command.js';
import { askPrometheus, parseAnswers } from '../../tools/prometheus.js';
import type { PrometheusAnswer } from '../../tools/prometheus.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { clusterThere } from './cluster-there.js';

/** Hours of a whole class take Prometheus a while. */
const ASK_MS = 60_000;

/**
 * Asks the cluster and its Prometheus how the lesson went. It fails only when the cluster cannot be asked; a Prometheus that is silent is told with
 * its reason.
 *
 * @param seconds How far back, from now.
 */
export function lookAtLesson(seconds: number): Stage<LiveLesson> {
  return lookingStage<LiveLesson>({
    id: 'lesson',
    title: 'Ask how the lesson went',
    after: onParent(clusterThere),
    on: 'cluster',
    look: async (c) => {
      const nodes = await clusterNodes(c);
      const { config } = c;
      const of: PastScope = {
        scrapeIntervalSeconds: config.monitoring.scrapeIntervalSeconds,
        observed: config.room.observed.length > 0,
        seconds,
      };
      const questions = pastQuestions(of);
      const at = await prometheusOrWhyNot(c);
      if (at instanceof KmonError)
        return { ...untoldLesson(at.message), nodes: { kind: 'told', told: nodes } };
      const asked = askPrometheus(c.cluster.kubectl, at, questions);
      const result = await c.cluster.query(withOptions(asked, { timeoutMs: ASK_MS }));
      return toldBy(parseAnswers(result, questions.length), { nodes, config, of, now: Date.now() });
    },
    judge: ({ curves }) =>
      satisfied(curves.kind === 'told' ? `${curves.told.machines.length} machines measured` : curves.because),
  });
}

/** @param o.now When the answers came, in milliseconds since the epoch, by the clock of this computer. */
export function toldBy(
  answers: readonly PrometheusAnswer[],
  o: {
    readonly nodes: readonly ClusterNode[];
    readonly config: Config;
    readonly of: PastScope;
    readonly now: number;
  },
): LiveLesson {
  const { nodes, of, now } = o;
  const { room } = o.config;
  const [active, time, fired, past] = answers;
  const names = allComputers(room).map(({ name }) => name);
  const notJoined = allMachines(room)
    .map(({ name }) => name)
    .filter((name) => !nodes.some((n) => n.name === name));
  const nowSeconds = time?.kind === 'vector' ? (time.samples[0]?.value ?? now / 1000) : now / 1000;
  const clock = { nowSeconds, aheadMs: nowSeconds * 1000 - now };
  const curves =
    past?.kind === 'matrix'
      ? curvesOf(past.series, names, { ...clock, stepSeconds: curveStepSeconds(of) })
      : undefined;
  const here = (time: string): string => timeHere(time, clock.aheadMs);
  return {
    nodes: {
      kind: 'told',
      told: nodes.map((node) => ({ ...node, createdAt: here(node.createdAt) })),
    },
    alerts:
      active?.kind === 'alerts'
        ? {
            kind: 'told',
            told: alertRows(active.alerts, names, notJoined).map((row) => ({
              ...row,
              since: here(row.since),
            })),
          }
        : silent(active),
    fired:
      fired?.kind === 'matrix'
        ? {
            kind: 'told',
            told: firedAlerts(fired.series, { ...clock, stepSeconds: alertStepSeconds(of) }),
          }
        : silent(fired),
    curves: curves === undefined ? silent(past) : { kind: 'told', told: curves },
  };
}

/** By the clock of this computer; what is no time stays as it is. */
function timeHere(time: string, aheadMs: number): string {
  const at = Date.parse(time) - aheadMs;
  return Number.isNaN(at) ? time : new Date(at).toISOString();
}

function silent(answer: PrometheusAnswer | undefined): Extract<Told<never>, { kind: 'silent' }> {
  return {
    kind: 'silent',
    because:
      answer?.kind === 'error'
        ? answer.message
        : answer?.kind === 'matrix'
          ? 'Prometheus has measured nothing yet'
          : 'Prometheus gave an unexpected answer',
  };
}

/** What is told where nobody could be asked. */
export function untoldLesson(because: string): LiveLesson {
  const nothing = { kind: 'silent', because } as const;
  return { nodes: nothing, alerts: nothing, fired: nothing, curves: nothing };
}
