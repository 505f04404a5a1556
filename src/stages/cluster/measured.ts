import { PORTS } from '../../room/ports.js';
import type { Context, Stage } from '../../engine/stage.js';
import { onEveryone, onParent, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allMachines } from '../../room/room.js';
import { metricGate } from '../../observe/gate.js';
import type { Gate, GateRow } from '../../observe/gate.js';
import type { Temperature } from '../../observe/sensors.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { failureBehind, hinderedPods, inTheWayOf, leadingTo } from '../../cluster/hindered-pods.js';
import type { HinderedPod } from '../../cluster/hindered-pods.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { roomMetrics } from './metrics.js';
import { monitoring } from './addons.js';
import { ready } from './ready.js';

export interface MeasuredSeen {
  /** Of the Ready machines that the command is about; of a cluster that is no room's, of all its nodes. */
  readonly gate: Gate;
  readonly absent: readonly string[];
  readonly observed: readonly { readonly name: string; readonly because?: string }[];
}

/**
 * The proof of the monitoring. An observed computer whose exporter does not answer is named with its remedy and is no failure: it may be
 * started later. Every node is proven: every Ready machine that the command is about answers Prometheus and has its CPU and memory series
 * there, asked by its API. Changes nothing; it only waits, since the first values need two scrapes.
 */
export const measured: Stage<MeasuredSeen> = {
  id: 'measured',
  title: 'Prove that every machine is measured',
  after: [...onParent(...monitoring), ...onEveryone(ready)],
  on: 'cluster',
  settleMs: 120_000,
  look: async (c) => {
    const seen = await lookMeasured(c);
    if (seen.gate.open) for (const { because } of seen.observed) if (because !== undefined) c.notice(because);
    return seen;
  },
  foresee: () => ({ gate: { open: false, rows: [] }, absent: [], observed: [] }),
  judge: ({ gate: { open, rows }, absent, observed: watched }) => {
    if (rows.length === 0) return pending('no node is Ready');
    if (!open) return pending(missing(rows));
    const of = (temperature: Temperature): readonly string[] =>
      rows.filter((r) => r.temperature === temperature).map((r) => r.machine);
    const [without, lying] = [of('no sensor'), of('sensor lies')];
    const answering = watched.filter((row) => row.because === undefined).length;
    const observed = watched.length === 0 ? '' : `; observed ${answering}/${watched.length}`;
    const sensors = without.length === 0 ? '' : `; no temperature sensor: ${without.join(', ')}`;
    const lies = lying.length === 0 ? '' : `; temperature sensor lies: ${lying.join(', ')}`;
    const others = absent.length === 0 ? '' : `; not in the cluster: ${absent.join(', ')}`;
    return satisfied(`targets up ${rows.length}/${rows.length}${others}${observed}${sensors}${lies}`);
  },
  hindrance: async (c) => {
    const refused = inTheWayOf(await hinderedHere(c), again(c));
    if (!(refused instanceof KmonError)) return refused;
    const lacking = (await gate(c)).rows.filter((r) => r.lacks.length > 0).map((r) => r.machine);
    const hopeless = (await hinderedHere(c)).filter(({ forGood }) => forGood);
    // The others may come yet.
    const all = lacking.every((name) => hopeless.some(({ pod }) => pod.node === name));
    return all ? refused : refused.message;
  },
  diagnose: async (because, c) => {
    const refused = inTheWayOf(await hinderedHere(c), again(c));
    if (refused instanceof KmonError) return refused;
    const { rows } = await gate(c);
    const row = rows.find((r) => r.lacks.length > 0);
    if (row === undefined) {
      return new KmonError('not-verified', because, {
        hint:
          c.cluster.context === undefined
            ? 'run `kmon status` to see which nodes are not Ready, and why'
            : `look at its nodes: kubectl ${leadingTo(c.cluster)} get nodes`,
      });
    }
    const remedy = await remedyFor(row, c);
    return remedy instanceof KmonError
      ? remedy
      : new KmonError('not-verified', missing(rows), { hint: `${remedy} then ${again(c)}` });
  },
};

/** What the gate is about, looked at once: also for whoever only tells it. */
export async function lookMeasured(c: Context): Promise<MeasuredSeen> {
  return { gate: await gate(c), absent: await notThere(c), observed: await observedHere(c) };
}

/** What is behind a machine that is not measured, or where to look for it. */
export async function remedyFor({ machine, up, lacks }: GateRow, c: Context): Promise<KmonError | string> {
  const own = (await hinderedHere(c)).filter(({ pod }) => pod.node === machine);
  const behind = failureBehind(own, again(c));
  if (behind !== undefined) return behind;
  if (c.config.monitoring.profile === 'existing' && lacks.includes('target'))
    return "see what Prometheus says (kmon open prometheus, Status, Target health): has it taken kmon's monitor, and may its account list pods in that namespace (or nodes, without an operator)?";
  const address = await addressOf(machine, c);
  return up
    ? `look at what node-exporter says on ${machine} (curl -s http://${address}:${PORTS.exporter.port}/metrics)`
    : `look at node-exporter on ${machine}: is port ${PORTS.exporter.port} reachable from the parent?`;
}

async function hinderedHere(c: Context): Promise<readonly HinderedPod[]> {
  return (await hinderedPods(c)).filter(({ pod }) => pod.namespace === c.config.monitoring.namespace);
}

function again({ cluster }: Context): string {
  return `run \`${typedFor(cluster, 'kmon deploy-monitoring')}\` again`;
}

async function gate(m: Context): Promise<Gate> {
  const nodes = await clusterNodes(m);
  const areReady = namesIn(m, nodes).filter((name) =>
    nodes.some((n) => n.name === name && n.state === 'ready'),
  );
  return metricGate(areReady, await roomMetrics(m));
}

function namesIn(m: Context, nodes: readonly ClusterNode[]): readonly string[] {
  return (m.cluster.context === undefined ? m.about : nodes).map(({ name }) => name);
}

async function addressOf(machine: string, c: Context): Promise<string> {
  const known = allMachines(c.config.room).find((m) => m.name === machine)?.address;
  if (known !== undefined) return known;
  return (await clusterNodes(c)).find((n) => n.name === machine)?.internalIp ?? machine;
}

/** Those that the cluster knows no node of: nobody measures them. */
async function notThere(m: Context): Promise<readonly string[]> {
  const nodes = await clusterNodes(m);
  return namesIn(m, nodes).filter((name) => !nodes.some((n) => n.name === name));
}

/** The observed computers, each with what is wrong with it in words. */
async function observedHere(
  m: Context,
): Promise<readonly { readonly name: string; readonly because?: string }[]> {
  const { observed } = m.config.room;
  if (observed.length === 0) return [];
  const { rows } = metricGate(
    observed.map((o) => o.name),
    await roomMetrics(m),
  );
  return observed.map(({ name, address, exporterPort }) => {
    const row = rows.find((r) => r.machine === name);
    if (row?.because === undefined) return { name };
    const remedy = `start the exporter on it and open port ${exporterPort} there (\`kmon check\` shows the commands)`;
    return {
      name,
      because: `${name} (${address}:${exporterPort}) is not measured: ${row.because}; ${remedy}`,
    };
  });
}

function missing(rows: Gate['rows']): string {
  return rows
    .filter((r) => r.lacks.length > 0)
    .map((r) => `${r.machine}: ${r.because ?? r.lacks.join(', ')}`)
    .join('; ');
}
