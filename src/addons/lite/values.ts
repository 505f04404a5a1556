import type { Image } from '../../artifacts/artifact.js';
import { GRAFANA, NODE_EXPORTER, PROMETHEUS } from '../../artifacts/images.js';
import { clusterNodes } from '../../cluster/nodes.js';
import type { Context } from '../../engine/context.js';
import { addressOfNode } from '../../facts/place.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import { hasGrafana } from '../grafana-access.js';
import { firstOf } from '../parent-node.js';
import { alertmanagerValues } from '../alerts.js';
import { ownDashboards } from '../own-dashboards.js';

/** The chart's values as JSON, which is YAML. Keys in a fixed order: the digest of the release depends on the text. */
export async function liteValues(c: Context): Promise<string> {
  const asked = c.cluster.context === undefined ? await theRoom(c) : await theNodes(c);
  return JSON.stringify(await valuesOf(c, asked));
}

/** The same before anybody is asked: every machine by the address that kmon.yaml has. */
export function foreseenValues(c: Pick<Context, 'config' | 'supply'>): Promise<object> {
  const { room } = c.config;
  return valuesOf(c, {
    parent: room.parent.name,
    machines: allMachines(room).map((machine) => watched(machine, machine.address)),
  });
}

async function valuesOf(c: Pick<Context, 'config' | 'supply'>, asked: Watched): Promise<object> {
  const { config, supply } = c;
  const { room, monitoring } = config;
  const own = await ownDashboards(config);
  const image = (wanted: Image): Record<string, string> => {
    const found = supply.image(wanted);
    return found === undefined ? {} : { image: found };
  };
  return {
    ...asked,
    // Absent while there are none, so that a release without them keeps its digest.
    ...(room.observed.length === 0
      ? {}
      : {
          observed: room.observed.map(({ name, address, exporterPort, team }) => ({
            name,
            address,
            port: exporterPort,
            ...(team === undefined ? {} : { team }),
          })),
        }),
    scrape: {
      intervalSeconds: monitoring.scrapeIntervalSeconds,
      timeoutSeconds: Math.max(1, monitoring.scrapeIntervalSeconds - 1),
    },
    prometheus: {
      ...image(PROMETHEUS),
      nodePort: monitoring.prometheusNodePort,
      retention: monitoring.retention,
      memoryLimit: monitoring.prometheusMemory,
    },
    nodeExporter: image(NODE_EXPORTER),
    ...(await alertmanagerValues(c)),
    grafana: {
      enabled: hasGrafana(c),
      nodePort: monitoring.grafanaNodePort,
      ...image(GRAFANA),
      // Absent while there are none: the chart of an older bundle does not know it.
      ...(own.length === 0 || !hasGrafana(c)
        ? {}
        : { dashboards: Object.fromEntries(own.map(({ file, text }) => [file, text])) }),
    },
  };
}

/** On whose node Prometheus runs, and whom it asks. */
interface Watched {
  readonly parent: string;
  readonly machines: readonly (Pick<Machine, 'name' | 'address' | 'role'> & { readonly team?: string })[];
}

/** Every machine of kmon.yaml, joined or not: by the address that its node has, or will have. */
async function theRoom(c: Context): Promise<Watched> {
  const { room } = c.config;
  const nodes = await clusterNodes(c);
  return {
    parent: room.parent.name,
    machines: allMachines(room).map((machine) =>
      watched(
        machine,
        addressOfNode(
          machine,
          c.factsOf.get(machine.name),
          nodes.find((n) => n.name === machine.name)?.internalIp,
        ),
      ),
    ),
  };
}

function watched({ name, role, team }: Machine, address: string): Watched['machines'][number] {
  return { name, address, role, ...(team === undefined ? {} : { team }) };
}

/** Every node of a cluster that is no room of kmon's; the parent is its first control plane, else its first node. */
async function theNodes(c: Context): Promise<Watched> {
  const nodes = (await clusterNodes(c)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parent = firstOf(nodes, c);
  return {
    parent,
    machines: nodes.flatMap(({ name, internalIp, labels }) => {
      const team = labels['kmon/team'];
      const role = name === parent ? 'parent' : 'child';
      return internalIp === undefined
        ? []
        : [{ name, address: internalIp, role, ...(team === undefined ? {} : { team }) }];
    }),
  };
}
