import type { Context } from '../../engine/stage.js';
import { readRoom, roomQuestions } from '../../observe/room-metrics.js';
import type { RoomAnswer } from '../../observe/room-metrics.js';
import { askPrometheus, parseAnswers } from '../../tools/prometheus.js';

/** What Prometheus knows of the room now, asked at most once a second by all machines together. */
export function roomMetrics(m: Context): Promise<RoomAnswer> {
  return m.shared('metrics', 900, async () => {
    const { namespace, scrapeIntervalSeconds } = m.config.monitoring;
    const observed = m.config.room.observed.length > 0;
    const questions = roomQuestions({ scrapeIntervalSeconds, observed });
    const service = { namespace, service: 'kmon-prometheus', port: 'http' };
    const result = await m.cluster.query(askPrometheus(m.cluster.kubectl, service, questions));
    return readRoom(parseAnswers(result, questions.length));
  });
}
