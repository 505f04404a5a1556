import { NODE_EXPORTER } from '../../artifacts/images.js';
import type { Supply } from '../../artifacts/supply.js';
import type { ExistingPlan } from './plan.js';

/**
 * The small chart without its Prometheus and Grafana: with its exporter, unless there is one, and with the objects that are to be taken by somebody's
 * Prometheus. Keys in a fixed order: the digest of the release depends on the text.
 */
export function existingValues(
  { parent, exporter, objects }: Pick<ExistingPlan, 'parent' | 'exporter' | 'objects'>,
  supply: Pick<Supply, 'image'>,
): object {
  const image = supply.image(NODE_EXPORTER);
  return {
    parent,
    // The monitor says which machines there are; the chart wants one.
    machines: [{ name: parent, address: '127.0.0.1', role: 'parent' }],
    prometheus: { enabled: false },
    nodeExporter:
      exporter.whose === 'theirs'
        ? { enabled: false }
        : { port: exporter.port, ...(image === undefined ? {} : { image }) },
    objects,
  };
}
