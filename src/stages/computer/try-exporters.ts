import type { ExporterOutcome } from '../../findings/sight/sight.js';
import type { Stage } from '../../engine/stage.js';
import { lookingStage, satisfied } from '../../engine/stage.js';
import type { Observed } from '../../room/machine.js';
import { EXPORTER_PORTS } from '../../room/ports.js';
import type { Command } from '../../shell/command.js';
import { reads } from '../../shell/command.js';
import type { ExecResult } from '../../transport/transport.js';

/** By name, then by port, how the parent fared. */
export type ExporterTrials = ReadonlyMap<string, ReadonlyMap<number, ExporterOutcome>>;

/** A computer may well have the one that kmon.yaml does not say. */
const USUAL_PORTS = Object.values(EXPORTER_PORTS);

/** Longer than any answer in a room takes; a firewall that drops says nothing. */
const SECONDS = 3;

/**
 * Tries the exporters of observed computers from the parent, all at once in one round trip. Changes nothing, and whatever comes of it is
 * something seen and no failure.
 */
export function tryExporters(observed: readonly Observed[]): Stage<ExporterTrials> {
  return lookingStage<ExporterTrials>({
    id: 'observed',
    title: 'Try the exporters of observed computers',
    after: [],
    on: 'parent',
    look: async (c) => parseTrials(await c.run.query(dial(observed))),
    judge: (tried) => {
      const open = observed.filter((o) => tried.get(o.name)?.get(o.exporterPort) === 'open').length;
      return satisfied(`${open} of ${observed.length} answer`);
    },
  });
}

/** bash, which is essential in Debian and there on every system that can be a node: it opens TCP connections by itself. */
function dial(observed: readonly Observed[]): Command<'reads'> {
  const trials = observed.flatMap(({ name, address, exporterPort }) =>
    [...new Set([exporterPort, ...USUAL_PORTS])].map(
      (port) =>
        reads`( r=$(timeout ${SECONDS} bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${address} ${port} 2>&1); echo ${name} ${port} $? $r ) &`
          .script,
    ),
  );
  return { effect: 'reads', script: [...trials, 'wait'].join('\n') };
}

/** Lines of "name port exit-code what bash said", in any order. */
function parseTrials({ stdout }: ExecResult): ExporterTrials {
  const trials = new Map<string, Map<number, ExporterOutcome>>();
  for (const line of stdout.split('\n')) {
    const [, name, port, code, said = ''] = /^(\S+) (\d+) (\d+)(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const ports = trials.get(name) ?? new Map<number, ExporterOutcome>();
    ports.set(Number(port), outcomeOf(Number(code), said));
    trials.set(name, ports);
  }
  return trials;
}

function outcomeOf(code: number, said: string): ExporterOutcome {
  if (code === 0) return 'open';
  if (code === 124) return 'silent';
  return said.includes('refused') ? 'refused' : 'no-route';
}

/** The other usual port, when that one answers and the one of kmon.yaml does not. */
export function answersElsewhere(
  trials: ReadonlyMap<number, ExporterOutcome>,
  exporterPort: number,
): number | undefined {
  if (trials.get(exporterPort) === 'open') return undefined;
  return [...trials].find(([, outcome]) => outcome === 'open')?.[0];
}
