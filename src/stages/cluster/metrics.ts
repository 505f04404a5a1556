import { prometheusOrWhyNot } from '../../addons/asked-prometheus.js';
import type { Config } from '../../config/config.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { exporterJob } from '../../observe/exporter-job.js';
import { readRoom, roomQuestions } from '../../observe/room-metrics.js';
import type { RoomAnswer } from '../../observe/room-metrics.js';
import type { AlertmanagerService } from '../../tools/alertmanager.js';
import { askPrometheus, parseAnswers } from '../../tools/prometheus.js';

/** What Prometheus knows of the room now, asked at most once a second by all machines together. */
export function roomMetrics(m: Context): Promise<RoomAnswer> {
  return m.shared('metrics', 900, async () => {
    const { scrapeIntervalSeconds } = m.config.monitoring;
    const observed = m.config.room.observed.length > 0;
    const questions = roomQuestions({ scrapeIntervalSeconds, observed, job: exporterJob(m.config) });
    const at = await prometheusOrWhyNot(m);
    if (at instanceof KmonError) return { kind: 'silent', because: at.message };
    const asked = askPrometheus(m.cluster.kubectl, at, questions);
    const result = await m.cluster.query(asked);
    return readRoom(parseAnswers(result, questions.length));
  });
}

/** Where the monitoring that kmon installs has its Alertmanager, if it has one: both profiles name it so. */
export function alertmanagerOf({ monitoring: { namespace, profile } }: Config): AlertmanagerService {
  const service = 'kmon-alertmanager';
  // The operator makes a StatefulSet of its own name of it.
  const workload = profile === 'stack' ? `statefulset/alertmanager-${service}` : `deploy/${service}`;
  return { namespace, service, port: 'http', workload };
}
