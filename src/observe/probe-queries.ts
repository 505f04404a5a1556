import type { Query, Scope } from './queries.js';

/** Under which job Prometheus has what blackbox-exporter was told: see src/addons/blackbox. */
const PROBE_JOB = 'probe';

type Way = 'ping' | 'kubelet';

function probed(metric: string, way: Way, { only = '' }: Scope, ...matchers: readonly string[]): string {
  const all = [`job="${PROBE_JOB}"`, `probe="${way}"`, ...matchers, ...(only === '' ? [] : [only])];
  return `${metric}{${all.join(',')}}`;
}

const answers = (way: Way): Query => {
  return (s) => `max by (node) (${probed('probe_success', way, s)})`;
};

/** Of whom there was no answer, it says how long nobody answered. */
function whereAnswered(duration: string, way: Way, s: Scope): string {
  return `max by (node) (${duration} and on (node) ${probed('probe_success', way, s)} == 1)`;
}

/** PromQL by name about machines as they are seen from outside, by the add-on blackbox: one sample a machine; absent where that is not. */
export const PROBE_QUERIES = {
  /** 1 or 0: whether the machine answers a ping. */
  pingAnswers: answers('ping'),
  /** 1 or 0: whether its kubelet answers, whatever it says. */
  kubeletAnswers: answers('kubelet'),
  /** There and back. */
  pingSeconds: (s) =>
    whereAnswered(probed('probe_icmp_duration_seconds', 'ping', s, 'phase="rtt"'), 'ping', s),
  /** With the handshake. */
  kubeletSeconds: (s) => whereAnswered(probed('probe_duration_seconds', 'kubelet', s), 'kubelet', s),
} as const satisfies Readonly<Record<string, Query>>;
