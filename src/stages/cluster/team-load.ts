import { STRESS_NG } from '../../artifacts/images.js';
import { applyObjects } from '../../cluster/objects.js';
import { diagnosePods, hinderedPods, inTheWayOf } from '../../cluster/hindered-pods.js';
import { ownerOf } from '../../cluster/teams/made-by.js';
import type { Context } from '../../engine/stage.js';
import { here } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { phasesText } from '../../loads/load-text.js';
import { jobLabel, jobName, START_SECONDS, stressJob } from '../../loads/stress-job.js';
import { parseRefusal, parseUid } from '../../tools/jobs.js';
import { apiPath, deleteWithParts, getIfThere, getPods, getWarnings } from '../../tools/kubectl.js';
import { parsePods } from '../../tools/pods.js';
import type { Pod } from '../../tools/pods.js';
import { forStress } from '../machine/for-addons.js';
import { relayImages } from '../machine/relay-images.js';
import type { Way, WayLook } from './stress.js';

const AGAIN = 'run `kmon stress` again';

/** As the pod of a Job in the namespace of a team: the scheduler and the quota count it, and the Job has a deadline of its own. */
export function asPodOf(team: string): Way {
  const way: Way = {
    after: here(relayImages, forStress),
    where: `, as pods of the team ${team}`,
    look: (c) => lookAtJob(c, team),
    start: (c, phases, { left }) => {
      const job = { kind: 'job', name: jobName(c.machine.name), namespace: team };
      return [
        ...(left === true
          ? [
              {
                at: 'cluster',
                intent: 'take away the Job of an earlier load',
                command: deleteWithParts(c.cluster.kubectl, job),
              } as const,
            ]
          : []),
        {
          at: 'cluster',
          intent: `make a Job in ${team}: ${phasesText(phases)}`,
          command: () =>
            applyObjects(
              c.cluster,
              stressJob({ team, child: c.machine.name, image: imageOf(c), cpus: c.facts.cpus, phases }),
            ),
          undo: way.stop(c),
        },
        untilItRuns(c, team),
      ];
    },
    stop: (c) => ({
      at: 'cluster',
      intent: 'take the Job away',
      command: deleteWithParts(c.cluster.kubectl, {
        kind: 'job',
        name: jobName(c.machine.name),
        namespace: team,
      }),
    }),
    isRunning: async (c) => (await podOf(c, team))?.phase === 'Running',
    lastWords: async (c) => {
      const pod = await podOf(c, team);
      const ended = pod?.containers[0]?.ended;
      return {
        said: ended === undefined ? '' : `${ended.reason}, exit code ${ended.exitCode}`,
        remedy: `see what the quota and the limits of the team leave it (kubectl --kubeconfig .kmon/kubeconfig -n ${team} describe quota,limits)`,
      };
    },
  };
  return way;
}

async function lookAtJob(c: Context, team: string): Promise<WayLook> {
  if (c.supply.image(STRESS_NG) === undefined) return { refused: noImage(c) };
  const namespace = apiPath('api', 'v1', 'namespaces', team);
  const whose = await c.shared(`owner of ${team}`, 2000, () => ownerOf(c.cluster, namespace));
  if (whose !== 'ours') return { refused: noNamespace(team, whose === 'others') };
  const name = jobName(c.machine.name);
  const job = await ownerOf(c.cluster, pathOf(team, c.machine.name));
  if (job === 'others')
    return {
      refused: new KmonError('precondition', `the Job ${name} of the team ${team} is not kmon's`, {
        hint: `remove it if nobody needs it (kubectl --kubeconfig .kmon/kubeconfig -n ${team} delete job ${name}), then ${AGAIN}`,
      }),
    };
  return { left: job === 'ours' };
}

function imageOf(c: Context): string {
  const image = c.supply.image(STRESS_NG);
  if (image === undefined) throw noImage(c);
  return image;
}

function noImage({ supply }: Context): KmonError {
  return new KmonError('precondition', `${supply.called} has no image of stress-ng, which the pods run`, {
    hint: 'run `kmon bundle make` again with this kmon.yaml where there is Internet, or leave --team out',
  });
}

function noNamespace(team: string, isOthers: boolean): KmonError {
  return new KmonError(
    'precondition',
    isOthers
      ? `the namespace ${team} is somebody else's`
      : `the team ${team} has no namespace in the cluster yet`,
    { hint: 'run `kmon teams` first' },
  );
}

async function podOf(c: Context, team: string): Promise<Pod | undefined> {
  const asked = getPods(c.cluster.kubectl, team, jobLabel(c.machine.name));
  return parsePods(await c.cluster.query(asked)).find(({ going }) => going !== true);
}

/** What keeps a pod from running for so long does not pass. */
const LASTING_MS = 3000;

/** A pod that the quota refuses, or that no machine takes, is told at once; what may pass is waited for. */
function untilItRuns(c: Context, team: string): Step {
  return {
    at: 'cluster',
    intent: 'wait until its pod runs',
    wait: async () => {
      const end = c.clock.now() + START_SECONDS * 1000;
      let last = { message: '', since: 0 };
      while (c.clock.now() < end) {
        const pod = await podOf(c, team);
        if (pod !== undefined && pod.phase !== 'Pending') return [];
        const why = pod === undefined ? await refusal(c, team) : await hindrance(c, pod);
        if (why instanceof KmonError) {
          // For a moment it may be the end of what is being replaced.
          const now = c.clock.now();
          if (pod === undefined || (why.message === last.message && now - last.since >= LASTING_MS))
            throw why;
          if (why.message !== last.message) last = { message: why.message, since: now };
        } else if (why !== undefined) c.say(why);
        await c.clock.sleep(1000, c.signal);
      }
      throw (
        (await diagnosePods(c.cluster, team, AGAIN, { only: ({ node }) => node === c.machine.name })) ??
        new KmonError('not-verified', `its pod does not run after ${START_SECONDS} s`, { hint: AGAIN })
      );
    },
  };
}

async function hindrance(c: Context, { name }: Pod): Promise<KmonError | string | undefined> {
  const own = (await hinderedPods(c)).filter(({ pod }) => pod.name === name);
  return inTheWayOf(own, AGAIN);
}

/** Why the Job gets no pod, in the words of the API: "exceeded quota: …". */
async function refusal({ cluster, machine }: Context, team: string): Promise<KmonError | undefined> {
  const uid = parseUid(await cluster.query(getIfThere(cluster.kubectl, pathOf(team, machine.name))));
  if (uid === undefined) return undefined;
  const said = parseRefusal(await cluster.query(getWarnings(cluster.kubectl, team)), uid);
  if (said === undefined) return undefined;
  return new KmonError('precondition', `there is no pod for it: ${said}`, {
    hint: `ask for less, or see what else the team has (kubectl --kubeconfig .kmon/kubeconfig -n ${team} describe quota)`,
  });
}

function pathOf(team: string, child: string): string {
  return apiPath('apis', 'batch', 'v1', 'namespaces', team, 'jobs', jobName(child));
}
