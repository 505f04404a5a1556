import { prometheusOf } from '../../addons/asked-prometheus.js';
import { blocked, lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allMachines } from '../../room/room.js';
import { activeAlerts, alertmanagers, askPrometheus, parseAnswers } from '../../tools/prometheus.js';
import type { PrometheusAnswer } from '../../tools/prometheus.js';
import { clusterThere } from './cluster-there.js';
import { alertsText } from './existing-health.js';

export interface AlertsSeen {
  readonly answer: PrometheusAnswer;
  /** Machines of the room that are no nodes of its cluster: they are asked all the same, and cannot answer. */
  readonly notJoined: readonly string[];
  /** Where a Prometheus of somebody else's tells them, in words. */
  readonly toldTo?: string;
}

/** Asks Prometheus, through the cluster, what its rules say now. */
export const askAlerts = lookingStage<AlertsSeen>({
  id: 'alerts',
  title: 'Ask for the alerts',
  after: onParent(clusterThere),
  on: 'cluster',
  look: async (c) => {
    const isOwn = c.config.monitoring.profile !== 'existing';
    const questions = isOwn ? [activeAlerts] : [activeAlerts, alertmanagers];
    const asked = askPrometheus(c.cluster.kubectl, await prometheusOf(c), questions);
    const [answer, told] = parseAnswers(await c.cluster.query(asked), questions.length);
    const nodes = await clusterNodes(c);
    const notJoined = allMachines(c.config.room)
      .map(({ name }) => name)
      .filter((name) => !nodes.some((n) => n.name === name));
    return {
      answer: answer ?? { kind: 'error', message: 'no answer' },
      notJoined,
      ...(told?.kind === 'alertmanagers' ? { toldTo: alertsText(told.urls) } : {}),
    };
  },
  judge: ({ answer }) => {
    if (answer.kind === 'alerts') return satisfied(`${answer.alerts.length} alerts`);
    const said = answer.kind === 'error' ? answer.message : `an answer of kind ${answer.kind}`;
    return blocked(
      new KmonError('precondition', 'Prometheus cannot be asked for its alerts', {
        evidence: said,
        hint: 'run `kmon deploy-monitoring`: it installs the monitoring, or says what is wrong with it',
      }),
    );
  },
});
