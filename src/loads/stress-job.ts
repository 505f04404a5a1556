import { createHash } from 'node:crypto';
import { cpuQuota, OWN_BYTES, processorsOfAll, stressWords } from '../tools/stress-ng.js';
import type { StressPhase } from '../tools/stress-ng.js';
import { secondsOf } from './phase.js';

/** A load that is the pod of a Job in a team's namespace. */
export interface JobLoad {
  readonly team: string;
  /** The name of the child's node. */
  readonly child: string;
  readonly image: string;
  /** Of the child. */
  readonly cpus: number;
  readonly phases: readonly StressPhase[];
}

/** How long a pod may take to start before its Job is over: an image may have to come first. */
export const START_SECONDS = 120;

/** A Job that nobody takes away goes by itself so soon after it is over. */
const KEPT_SECONDS = 60;

/** What stress-ng prints, and its folder. */
const SCRATCH_BYTES = 32 * 1024 * 1024;

/** The only folder that can be written. */
const FOLDER = '/var/tmp';

/** The name of the Job on a child; that of its pod begins so too. */
export function jobName(child: string): string {
  const name = `kmon-stress-${child}`;
  // As long as a name of a Job may be, since its pods bear it as a label.
  return name.length <= 63
    ? name
    : `kmon-stress-${createHash('sha256').update(child).digest('hex').slice(0, 16)}`;
}

/** By what its pods are found, as `key=value`. */
export function jobLabel(child: string): string {
  return `batch.kubernetes.io/job-name=${jobName(child)}`;
}

/**
 * The Job, as JSON: one pod on that child, which asks for what the load takes and may take no more, so that the scheduler and the quota of the team
 * count it. It ends by itself, by stress-ng's own timeouts and should they fail by the Job's deadline, and goes by itself.
 */
export function stressJob({ team, child, image, cpus, phases }: JobLoad): string {
  const labels = { 'app.kubernetes.io/managed-by': 'kmon', 'app.kubernetes.io/name': 'kmon-stress' };
  const memory = Math.max(...phases.map((p) => p.memoryBytes ?? 0)) + OWN_BYTES;
  const disk = Math.max(...phases.map((p) => p.diskBytes ?? 0)) + SCRATCH_BYTES;
  const takes = {
    cpu: `${cpuQuota(cpus, processorsOfAll(phases)) * 10}m`,
    memory: String(memory),
    'ephemeral-storage': String(disk),
  };
  const container = {
    name: 'load',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: stressWords('stress-ng', cpus, phases, { own: FOLDER, disk: FOLDER }).map(String),
    workingDir: FOLDER,
    resources: { requests: takes, limits: takes },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'scratch', mountPath: FOLDER }],
  };
  const pod = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 2,
    // By the name of the node: a label may be taken away. The scheduler still decides whether it has room.
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [child] }] }],
        },
      },
    },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      fsGroup: 65534,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container],
    volumes: [{ name: 'scratch', emptyDir: { sizeLimit: String(disk) } }],
  };
  return `${JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(child), namespace: team, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: secondsOf(phases) + START_SECONDS,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: { metadata: { labels }, spec: pod },
    },
  })}\n`;
}
