import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RELEASE } from '../../src/addons/stack/names.js';
import { isRecord, knownValues, showValuePath, tellsValues } from '../../src/addons/stack/value-paths.js';
import type { KnownValues } from '../../src/addons/stack/value-paths.js';
import { kmonsValues } from '../../src/addons/stack/values.js';
import { GRAFANA } from '../../src/artifacts/images.js';
import { onlineSupply } from '../../src/artifacts/online-supply.js';
import type { Supply } from '../../src/artifacts/supply.js';
import { DEFAULTS } from '../../src/config/defaults.js';
import { STAND_IN, madeOf, notAmong } from '../support/stack-charts.js';
import type { Made } from '../support/stack-charts.js';

/** The real chart, which `scripts/try-stack` has at hand, with the chart of each of its parts in charts/. */
const REAL = process.env['KMON_STACK_CHART'] ?? '';
const HELM = process.env['KMON_STACK_HELM'] ?? 'helm';

/** As where our tests run: there is no image of it. */
const supply: Supply = {
  ...onlineSupply,
  image: (i) => (i === GRAFANA ? undefined : onlineSupply.image(i)),
};
const values = (controlPlane: boolean): Promise<unknown> =>
  kmonsValues(
    { config: { monitoring: { ...DEFAULTS.monitoring, profile: 'stack' } }, supply },
    'parent',
    controlPlane,
  );

/** The real one's own: they are no matter to kmon, and the stand-in has none. */
function isItsOwn({ kind, metadata }: Made): boolean {
  return kind === 'PrometheusRule' && metadata.name !== 'kmon-kmon';
}

function nameOf({ kind, metadata }: Made): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** What is known to a chart in a folder, by the paths of its archive. */
function knownTo(folder: string): KnownValues {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return knownValues(
    new Map(
      files
        .map((file) => [`kube-prometheus-stack${file.slice(folder.length)}`, file] as const)
        .filter(([path]) => tellsValues(path))
        .map(([path, file]) => [path, readFileSync(file, 'utf8')]),
    ),
  );
}

describe('the stand-in for kube-prometheus-stack against the real one', () => {
  it.each([true, false])('makes the same objects, control plane: %s', async (controlPlane) => {
    const made = await madeBy(controlPlane);
    expect(made.standIn.map(nameOf).toSorted()).toEqual(made.real.map(nameOf).toSorted());
  });

  it('says nothing in them that the real one does not', async () => {
    const { standIn, real } = await madeBy(true);
    const more = standIn.flatMap((object) => {
      const its = real.find((other) => nameOf(other) === nameOf(object));
      return notAmong(decoded(object), decoded(its), nameOf(object));
    });
    expect(more).toEqual([]);
  });

  it('has the same ports, and asks for metrics at the same places', async () => {
    const { standIn, real } = await madeBy(true);
    expect(standIn.map(places).filter((p) => p !== undefined)).toEqual(
      expect.arrayContaining(real.map(places).filter((p) => p !== undefined)),
    );
  });

  it('knows the same paths of values', async () => {
    const unknown = (chart: string, given: unknown): readonly string[] =>
      knownTo(chart)
        .unknownIn(given)
        .map(({ path }) => showValuePath(path));
    const ofStandIn: unknown = parse(readFileSync(join(STAND_IN, 'values.yaml'), 'utf8'));
    expect(unknown(REAL, ofStandIn)).toEqual([]);
    expect(unknown(REAL, await values(true))).toEqual([]);
    expect(unknown(STAND_IN, await values(true))).toEqual([]);
  });
});

async function madeBy(controlPlane: boolean): Promise<{
  readonly standIn: readonly Made[];
  readonly real: readonly Made[];
}> {
  const given = await values(controlPlane);
  if (!isRecord(given)) throw new Error('the values are no map');
  const o = { helm: HELM, release: RELEASE, values: given };
  return {
    standIn: madeOf(STAND_IN, o),
    real: madeOf(REAL, o).filter((object) => !isItsOwn(object)),
  };
}

/** Alertmanager's configuration is a text in a Secret. */
function decoded(object: Made | undefined): unknown {
  const data = object?.['data'];
  if (object?.kind !== 'Secret' || !isRecord(data)) return object;
  return {
    ...object,
    data: parse(Buffer.from(String(data['alertmanager.yaml']), 'base64').toString()) as unknown,
  };
}

/** Of a Service its ports and what it is for; of a monitor where it asks. */
function places({ kind, metadata, spec }: Made): object | undefined {
  if (!isRecord(spec)) return undefined;
  if (kind === 'Service') return { name: metadata.name, ports: spec['ports'], selector: spec['selector'] };
  const endpoints: readonly unknown[] = Array.isArray(spec['endpoints']) ? spec['endpoints'] : [];
  if (kind !== 'ServiceMonitor') return undefined;
  return {
    name: metadata.name,
    endpoints: endpoints.filter(isRecord).map(({ port, path, scheme }) => ({ port, path, scheme })),
  };
}
