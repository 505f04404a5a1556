import { prometheusOf } from '../../addons/asked-prometheus.js';
import type { LoadAddress } from '../../apps/http-load/load-address.js';
import { busiestOf, podsPattern, scalingOf, workloadsOf } from '../../apps/http-load/load-rows.js';
import type { LoadSample, LoadStep } from '../../apps/http-load/load-rows.js';
import { give, key } from '../../engine/results.js';
import type { Results } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, onParent, pending, resourceStage, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { CLUSTER_QUERIES } from '../../observe/cluster-queries.js';
import { rateWindow } from '../../observe/queries.js';
import { packages } from '../../resources/packages.js';
import { allMachines } from '../../room/room.js';
import {
  askOnce,
  generatorShare,
  httpLoadState,
  parseHttpLoadState,
  parseHttpReport,
  reportedWithin,
  startHttpLoad,
  stopHttpLoad,
} from '../../tools/hey.js';
import type { HttpOutcome } from '../../tools/hey.js';
import { askPrometheus, instant, parseAnswers } from '../../tools/prometheus.js';
import { askScaling, parseScaling } from '../../tools/scaling.js';
import type { Scaling } from '../../tools/scaling.js';
import { whose } from '../machine/whose.js';
import { clusterThere } from './cluster-there.js';
import { httpTarget } from './http-target.js';
import type { HttpTarget, TargetSeen } from './http-target.js';
import { roomMetrics } from './metrics.js';
import { inCluster } from './in-cluster.js';

const PROGRAM = '/usr/bin/hey';

/** Whether a load has ended is asked so often, and how the cluster is each third time: a look there takes processor time from the parent. */
const LOOK_EVERY_MS = 1000;
const SAMPLE_EVERY = 3;

/** What a load is. */
export interface HttpLoadOptions {
  readonly asked: LoadAddress;
  /** The connections of each step; 0: nothing is asked for, and only watched. */
  readonly steps: readonly number[];
  /** Of each step. */
  readonly seconds: number;
}

/** What came of it so far. */
export interface HttpLoadSeen {
  readonly over: boolean;
  readonly steps: readonly LoadStep[];
}

/** What the steps have come to so far. */
const STEPS = key<readonly LoadStep[]>('what came of the steps of the load');

const OVER = key<true>('the HTTP load is over');

/** What `kmon load` is made of. */
export function httpLoad(options: HttpLoadOptions) {
  const target = httpTarget(options.asked);
  const tools = resourceStage({
    id: 'load-tools',
    title: 'Install hey',
    after: here(target),
    on: 'all',
    resources: () => [packages({ names: ['hey'] })],
    because: 'installed',
  });
  const loading: Stage<HttpLoadSeen> = {
    id: 'http-load',
    title: 'Load an application step by step',
    after: [...here(whose, target, tools), ...onParent(clusterThere)],
    on: 'all',
    settleMs: 0,
    look: async (_, so) => ({ over: so.get(OVER) === true, steps: so.get(STEPS) ?? [] }),
    foresee: () => ({ over: false, steps: [] }),
    remains: (so) => ({ over: false, steps: so.get(STEPS) ?? [] }),
    judge: ({ over }) => (over ? satisfied('the load is over') : pending('no load yet')),
    steps: (_, c) => {
      const about = (): HttpTarget => targetIn(c.seen(target).get(c.machine.name));
      return [
        ...(options.steps.some((n) => n > 0) ? [answersOnce(c, about)] : []),
        ...options.steps.flatMap((connections, i) => stepsOf(c, about, options, { connections, i })),
      ];
    },
  };
  return { target, tools, loading, stages: [whose, clusterThere, inCluster, target, tools, loading] };
}

function targetIn(seen: TargetSeen | undefined): HttpTarget {
  if (seen === undefined || seen instanceof KmonError) throw new TypeError('nobody knows who is loaded');
  return seen;
}

/** A load on what does not answer would only be a table of errors. */
function answersOnce(c: Context, about: () => HttpTarget): Step {
  return {
    at: 'machine',
    intent: 'see whether it answers at all',
    wait: async () => {
      const target = about();
      const outcome = parseHttpReport((await c.run.query(askOnce(PROGRAM, target))).stdout);
      const refused = refusedBy(outcome, target);
      if (refused !== undefined) throw refused;
      const [status = ''] = outcome.kind === 'report' ? Object.keys(outcome.report.statuses) : [];
      if (status.startsWith('3'))
        c.notice(
          `it answers with a redirect (status ${status}): that is what was loaded, and where it leads is not asked`,
        );
      return [];
    },
  };
}

function refusedBy(outcome: HttpOutcome, { url, called }: HttpTarget): KmonError | undefined {
  if (outcome.kind === 'failed') return noReport(outcome.said);
  const [error] = outcome.report.errors;
  if (error !== undefined)
    return new KmonError('precondition', `${called} does not answer ${url}: ${error.because}`, {
      hint: 'see that its pods are ready and its port is the right one, then load it again',
    });
  const [status = ''] = Object.keys(outcome.report.statuses);
  return Number(status) < 400
    ? undefined
    : new KmonError('precondition', `${called} answers ${url} with the error ${status}`, {
        hint: 'name a path that it answers, then load it again',
      });
}

function noReport(said: string): KmonError {
  return new KmonError('command', 'hey, which makes the load, gave no report', {
    ...(said === '' ? {} : { evidence: said }),
    hint: 'look why on the machine that asked (sudo journalctl -u kmon-load -n 20)',
  });
}

function stepsOf(
  c: Context,
  about: () => HttpTarget,
  { seconds, steps }: HttpLoadOptions,
  { connections, i }: { readonly connections: number; readonly i: number },
): readonly Step[] {
  const last = i === steps.length - 1;
  const ends = (so: Results, step: LoadStep) => [
    give(STEPS, [...(so.get(STEPS) ?? []), step]),
    ...(last ? [give(OVER, true as const)] : []),
  ];
  if (connections === 0)
    return [
      {
        at: 'machine',
        intent: `watch for ${seconds} s without a load`,
        wait: async (_c, so) => ends(so, await watchStep(c, about(), { connections, seconds })),
      },
    ];
  const many = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  return [
    {
      at: 'machine',
      intent: `start a load of ${many} for ${seconds} s`,
      command: () =>
        startHttpLoad(PROGRAM, c.facts.cpus, { ...about(), connections, seconds, inside: insideOf(c) }),
      undo: { intent: 'stop the load', command: stopHttpLoad() },
    },
    {
      at: 'machine',
      intent: `watch the load of ${many}`,
      wait: async (_c, so) => ends(so, await watchStep(c, about(), { connections, seconds })),
    },
  ];
}

/** Where a load may go at all: the machines of the room, and the networks of pods and Services. */
function insideOf({ config: { room, kubernetes } }: Context): readonly string[] {
  return [...allMachines(room).map((m) => m.address), kubernetes.podSubnet, kubernetes.serviceSubnet];
}

/** Looks on until the step is over. @throws KmonError `command` when the load ends without a report */
async function watchStep(
  c: Context,
  target: HttpTarget,
  { connections, seconds }: Pick<LoadStep, 'connections' | 'seconds'>,
): Promise<LoadStep> {
  const began = c.clock.now();
  const since = (): number => (c.clock.now() - began) / 1000;
  const deadline = connections === 0 ? seconds : reportedWithin(seconds);
  const samples: LoadSample[] = [];
  for (let turn = 0; ; turn += 1) {
    if (turn % SAMPLE_EVERY === 0) {
      const sample = await sampled(c, target, since());
      samples.push(sample);
    }
    const left = Math.max(0, Math.round(seconds - since()));
    c.say([textOfLoad(connections), `${left} s left`, ...textOf(samples.at(-1))].join(', '));
    if (connections > 0) {
      const { running, cpuSeconds, outcome } = parseHttpLoadState(await c.run.query(httpLoadState()));
      if (outcome?.kind === 'report') {
        const { report } = outcome;
        samples.push(await sampled(c, target, since()));
        return {
          ...{ connections, seconds, report, samples },
          ...(cpuSeconds === undefined
            ? {}
            : { generatorPercent: generatorShare(c.facts.cpus, cpuSeconds, report.seconds) }),
        };
      }
      if (outcome !== undefined || !running) throw noReport(outcome?.said ?? '');
    }
    if (since() >= deadline) {
      if (connections > 0) throw noReport(`nothing came within ${deadline} s`);
      samples.push(await sampled(c, target, since()));
      return { connections, seconds, samples };
    }
    await c.clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(1, (deadline - since()) * 1000)), c.signal);
  }
}

function textOfLoad(connections: number): string {
  if (connections === 0) return 'no load';
  return connections === 1 ? '1 connection' : `${connections} connections`;
}

function textOf(sample: LoadSample | undefined): readonly string[] {
  if (sample === undefined) return [];
  const { replicas, autoscaler, cpuPercent } = sample;
  const busiest = busiestOf(cpuPercent);
  return [
    ...(replicas === undefined ? [] : [`${replicas.ready} of ${replicas.wanted} replicas ready`]),
    ...(autoscaler === undefined
      ? []
      : [`${autoscaler.name} wants ${autoscaler.desired} (${autoscaler.metrics.join(', ')})`]),
    ...(busiest === undefined ? [] : [`${busiest.machine} at ${Math.round(busiest.cpuPercent)} %`]),
  ];
}

/** How it is now. An API server that is too busy to say so ends no load: then less is known. */
async function sampled(c: Context, { service }: HttpTarget, atSeconds: number): Promise<LoadSample> {
  const scaling =
    service === undefined ? undefined : await unlessSilent(c, () => scalingIn(c, service.namespace));
  const room = await unlessSilent(c, () => roomMetrics(c));
  const metrics = room?.kind === 'metrics' ? [...room.metrics] : [];
  const known = service === undefined || scaling === undefined ? {} : scalingOf(service, scaling);
  const cores =
    service === undefined || scaling === undefined || known.podsCores !== undefined
      ? undefined
      : await unlessSilent(c, () =>
          podsCores(c, service.namespace, podsPattern(workloadsOf(service, scaling))),
        );
  return {
    atSeconds: Math.round(atSeconds * 10) / 10,
    ...known,
    ...(cores === undefined ? {} : { podsCores: cores }),
    cpuPercent: Object.fromEntries(
      metrics.flatMap(([name, { cpuPercent }]) => (cpuPercent === undefined ? [] : [[name, cpuPercent]])),
    ),
  };
}

async function unlessSilent<T>({ signal }: Context, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (signal.aborted || !(error instanceof KmonError) || error.code !== 'command') throw error;
    return undefined;
  }
}

async function scalingIn({ cluster }: Context, namespace: string): Promise<Scaling> {
  return parseScaling(await cluster.query(askScaling(cluster.kubectl, namespace)));
}

async function podsCores(c: Context, namespace: string, pods: string): Promise<number | undefined> {
  if (pods === '') return undefined;
  // The kubelets count every 10 to 15 seconds, whatever Prometheus' interval is.
  const window = rateWindow(Math.max(12, c.config.monitoring.scrapeIntervalSeconds));
  const only = `namespace="${namespace}",pod=~"${pods}"`;
  const question = instant(CLUSTER_QUERIES.podsCores({ only, window }));
  const asked = askPrometheus(c.cluster.kubectl, await prometheusOf(c), [question]);
  const [answer] = parseAnswers(await c.cluster.query(asked), 1);
  const cores = answer?.kind === 'vector' ? answer.samples[0]?.value : undefined;
  return cores !== undefined && Number.isFinite(cores) && cores >= 0 ? cores : undefined;
}
