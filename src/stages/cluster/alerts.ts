import { blocked, lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allMachines } from '../../room/room.js';
import { activeAlerts, askPrometheus, parseAnswers } from '../../tools/prometheus.js';
import type { PrometheusAnswer } from '../../tools/prometheus.js';
import { clusterThere } from './cluster-there.js';
import { prometheusOf } from './metrics.js';

export interface AlertsSeen {
  readonly answer: PrometheusAnswer;
  /** Machines of the room that are no nodes of its cluster: they are asked all the same, and cannot answer. */
  readonly notJoined: readonly string[];
}

/** Asks Prometheus, through the cluster, what its rules say now. */
export const askAlerts = lookingStage<AlertsSeen>({
  id: 'alerts',
  title: 'Ask for the alerts',
  after: onParent(clusterThere),
  on: 'cluster',
  look: async (c) => {
    const asked = askPrometheus(c.cluster.kubectl, prometheusOf(c.config), [activeAlerts]);
    const [answer] = parseAnswers(await c.cluster.query(asked), 1);
    const nodes = await clusterNodes(c);
    const notJoined = allMachines(c.config.room)
      .map(({ name }) => name)
      .filter((name) => !nodes.some((n) => n.name === name));
    return { answer: answer ?? { kind: 'error', message: 'no answer' }, notJoined };
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
