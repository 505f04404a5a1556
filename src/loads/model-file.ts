import { z } from 'zod';
import { readDocument } from '../config/document.js';
import { keyMapsOf } from '../config/key-maps.js';
import { matching, whole } from '../config/kinds.js';
import { checkSchema } from '../config/mistakes/check-schema.js';
import { configError, showPath } from '../config/mistakes/problems.js';
import type { Problem } from '../config/mistakes/problems.js';
import { present } from '../config/optional-key.js';
import { MOST_FILE_BYTES, MOST_MEMORY_PERCENT } from './fit.js';
import { bytesText } from './load-text.js';
import { LONGEST_SECONDS, secondsOf, SHORTEST_SECONDS } from './phase.js';
import type { Amount, Phase } from './phase.js';

/** More do not fit into a command line that a person could read. */
const MOST_PHASES = 40;

const SECONDS = `a time such as 20s or 1m30s, of 1s to ${LONGEST_SECONDS / 60}m`;
const MEMORY = `a part of what is available such as 25%, at most ${MOST_MEMORY_PERCENT}%, or an amount such as 256Mi or 1Gi`;
const DISK = `the size of a file such as 64Mi or 1Gi, at most ${bytesText(MOST_FILE_BYTES)}`;
const CPU = 'a percentage of all processors from 1 to 100';

const seconds = z.union(
  [
    whole(SECONDS, 1, LONGEST_SECONDS),
    matching(SECONDS, /^(?:\d{1,2}m)?(?:\d{1,4}s)?$/).refine(
      (text) => text !== '' && secondsIn(text) >= 1 && secondsIn(text) <= LONGEST_SECONDS,
      { error: SECONDS },
    ),
  ],
  { error: SECONDS },
);

const cpu = z.union([whole(CPU, 1, 100), matching(CPU, /^(?:100|[1-9]\d?)%$/)], { error: CPU });

const memory = matching(MEMORY, /^(?:[1-9]\d?%|[1-9]\d{0,5}(?:Mi|Gi))$/).refine(
  (text) => !text.endsWith('%') || Number.parseInt(text, 10) <= MOST_MEMORY_PERCENT,
  { error: MEMORY },
);

const disk = matching(DISK, /^[1-9]\d{0,5}(?:Mi|Gi)$/).refine((text) => bytesIn(text) <= MOST_FILE_BYTES, {
  error: DISK,
});

const phase = z.strictObject(
  { for: seconds, cpu: cpu.optional(), memory: memory.optional(), disk: disk.optional() },
  { error: 'a map such as {for: 20s, cpu: 80}' },
);

const modelFile = z.strictObject(
  {
    phases: z
      .array(phase, { error: `a list of 1 to ${MOST_PHASES} stretches such as {for: 20s, cpu: 80}` })
      .min(1, { error: 'a list of at least one stretch such as {for: 20s, cpu: 80}' })
      .max(MOST_PHASES, { error: `a list of at most ${MOST_PHASES} stretches` }),
  },
  { error: 'a map with a list of phases' },
);

const KEYS = keyMapsOf(modelFile);

/**
 * The phases of a load that somebody has written.
 *
 * @param shown how messages call the file
 * @throws KmonError `config`: its message lists every mistake with line and column
 */
export function readModelFile(text: string, shown: string): readonly Phase[] {
  const doc = readDocument(text);
  if (doc.fatal) throw configError(shown, doc.problems);
  const { written, problems } = checkSchema(doc, { schema: modelFile, keys: KEYS });
  const phases = written?.phases.map(phaseOf) ?? [];
  const all: readonly Problem[] = [
    ...doc.problems,
    ...problems,
    ...(written === undefined ? [] : wholeProblems(phases).map((t) => ({ at: doc.at(['phases']), text: t }))),
  ];
  if (all.length > 0) throw configError(shown, all);
  return phases;
}

/** What no phase is wrong in by itself. */
function wholeProblems(phases: readonly Phase[]): readonly string[] {
  const sum = secondsOf(phases);
  const name = showPath(['phases']);
  return [
    ...(sum > LONGEST_SECONDS || sum < SHORTEST_SECONDS
      ? [`${name} take ${sum} s together: they must take ${SHORTEST_SECONDS}s to ${LONGEST_SECONDS / 60}m`]
      : []),
    ...(phases.some((p) => Object.keys(p).length > 1)
      ? []
      : [`${name} ask for nothing: one of them must have cpu, memory or disk`]),
  ];
}

function phaseOf(written: z.output<typeof phase>): Phase {
  return {
    seconds: typeof written.for === 'number' ? written.for : secondsIn(written.for),
    ...present(
      'cpuPercent',
      written.cpu === undefined ? undefined : Number.parseInt(String(written.cpu), 10),
    ),
    ...present('memory', written.memory === undefined ? undefined : amountIn(written.memory)),
    ...present('disk', written.disk === undefined ? undefined : amountIn(written.disk)),
  };
}

function secondsIn(text: string): number {
  const [, minutes = '0', rest = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(rest);
}

function amountIn(text: string): Amount {
  return text.endsWith('%') ? { percent: Number.parseInt(text, 10) } : { bytes: bytesIn(text) };
}

function bytesIn(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith('Gi') ? 1024 ** 3 : 1024 ** 2);
}
