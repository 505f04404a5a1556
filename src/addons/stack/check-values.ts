import type { Supply } from '../../artifacts/supply.js';
import type { Config } from '../../config/config.js';
import { configError } from '../../config/mistakes/problems.js';
import { KmonError } from '../../errors/kmon-error.js';
import { chartFiles } from '../../render/chart-files.js';
import { stackArchive } from './chart.js';
import type { Problem } from '../../config/mistakes/problems.js';
import { readOwnValues } from './values-file.js';
import type { OwnValues } from './values-file.js';
import { isRecord, knownValues, showValuePath, tellsValues } from './value-paths.js';
import type { ValuePath } from './value-paths.js';
import { kmonsValues } from './values.js';

/**
 * For the profile `stack`, before anything is changed: the room's own values are read, the chart is there or can be fetched, and it knows every
 * value that it will be given. It would ignore others in silence.
 *
 * @throws KmonError `config` for the room's values, with file and line; `precondition` for a chart that cannot be had, or is not the one that
 * kmon's values are for
 */
export async function checkStackValues(c: {
  readonly config: Pick<Config, 'monitoring'>;
  readonly supply: Supply;
}): Promise<void> {
  const { profile, values } = c.config.monitoring;
  if (profile !== 'stack') return;
  const own = values === undefined ? undefined : await readOwnValues(values);
  const known = knownValues(await filesOf(c.supply));
  const [first, ...more] = known.unknownIn(await kmonsValues(c, 'parent', true));
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    throw new KmonError(
      'precondition',
      `this kube-prometheus-stack does not know ${showValuePath(first.path)}${others}, which every room sets`,
      { hint: 'use the version of the chart that kmon knows, or make the bundle again (`kmon bundle make`)' },
    );
  }
  if (own === undefined) return;
  const problems: Problem[] = known.unknownIn(own.values).map(({ path, advice }) => ({
    at: own.at(path),
    text: `kube-prometheus-stack has no value ${showValuePath(path)} (${advice})`,
  }));
  problems.push(...(c.config.monitoring.alerts === undefined ? [] : unheard(own)));
  if (problems.length > 0) throw configError(own.shown, problems);
}

/** What would take the place of where monitoring.alerts leads to, so that nothing would arrive there. */
const INSTEAD_OF_ALERTS: readonly ValuePath[] = [
  ['alertmanager', 'config', 'route'],
  ['alertmanager', 'config', 'receivers'],
  ['alertmanager', 'alertmanagerSpec', 'secrets'],
];

function unheard(own: OwnValues): readonly Problem[] {
  return INSTEAD_OF_ALERTS.filter((path) => isSet(own.values, path)).map((path) => ({
    at: own.at(path),
    text: `${showValuePath(path)} would take the place of what monitoring.alerts in kmon.yaml needs: write where alerts go in one of the two`,
  }));
}

function isSet(values: unknown, [name, ...below]: ValuePath): boolean {
  if (name === undefined) return true;
  return isRecord(values) && Object.hasOwn(values, name) && isSet(values[name], below);
}

async function filesOf(supply: Supply): Promise<ReadonlyMap<string, string>> {
  const bytes = await stackArchive(supply).bytes();
  try {
    const files = await chartFiles(bytes, tellsValues);
    if (files.has('kube-prometheus-stack/values.yaml')) return files;
  } catch (error) {
    throw notTheChart(error);
  }
  throw notTheChart();
}

function notTheChart(cause?: unknown): KmonError {
  return new KmonError('precondition', 'what should be kube-prometheus-stack is no chart of that name', {
    hint: 'make the bundle again (`kmon bundle make`), or look at what gives the chart in its place',
    cause,
  });
}
