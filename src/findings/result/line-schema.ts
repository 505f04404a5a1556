import { z } from 'zod';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { checkResultSchema, machineName, milliseconds, oneOf, text } from './result-schema.js';

const context = {
  machine: machineName.exactOptional(),
  stage: z.string().exactOptional(),
  command: text('As shown to people; secrets are masked').exactOptional(),
  system: z
    .strictObject({
      family: z.enum(['windows', 'macos', 'wsl', 'other']),
      name: z.string(),
      version: z.string(),
      shell: z.string().exactOptional(),
    })
    .meta({ description: 'What runs on a computer that can be no node' })
    .exactOptional(),
};

const failure = {
  code: oneOf(Object.keys(EXIT_CODES), 'The kind of failure; each has an exit code'),
  message: z.string(),
  hint: text('What to do').exactOptional(),
  ...context,
  evidence: z.string().exactOptional(),
  stack: text('Of a defect of kmon').exactOptional(),
};

const failureSchema = z.strictObject(failure).meta({ id: 'failure' });
const several = {
  code: z.literal('several'),
  message: z.string(),
  errors: z.array(failureSchema),
};

const line = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({
    at: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
      .meta({ description: 'When it was printed (UTC)' }),
    type: z.literal(type),
    ...shape,
  });

const outcome = z.enum(['unchanged', 'changed', 'planned', 'failed', 'not-reached']);

/** One line of what `kmon check --json` prints on stdout. The last one is always a `report`. */
export const checkLineSchema = z.union([
  line('run-started', {
    command: z.string(),
    machines: z.array(machineName),
    addresses: z.record(z.string(), z.string()).exactOptional(),
    dryRun: z.boolean(),
    transcript: z.string().exactOptional(),
  }),
  line('stage-started', { stage: z.string(), title: z.string(), machines: z.array(machineName) }),
  line('machine-started', { stage: z.string(), machine: machineName }),
  line('progress', { stage: z.string(), machine: machineName, text: z.string() }),
  line('planned', { stage: z.string(), machine: machineName, change: z.string() }),
  line('command', {
    machine: machineName,
    verb: z.enum(['query', 'try', 'mutate']),
    intent: z.string().exactOptional(),
    stage: z.string().exactOptional(),
    shown: z.string(),
    exitCode: z.int().exactOptional(),
    durationMs: milliseconds('How long it took'),
    skipped: z.literal(true).exactOptional(),
    stderr: z.string().exactOptional(),
  }),
  line('machine-finished', {
    stage: z.string(),
    machine: machineName,
    outcome,
    because: z.string().exactOptional(),
    error: failureSchema.exactOptional(),
  }),
  line('stage-finished', { stage: z.string() }),
  line('set-aside', { machine: machineName, stage: z.string(), error: failureSchema }),
  line('note', { machine: machineName.exactOptional(), text: z.string() }),
  line('result', { data: checkResultSchema }).meta({ description: 'What the check came to' }),
  line('error', failure),
  line('error', several),
  line('report', {
    exitCode: z.int().min(0).max(255),
    command: z.string().exactOptional(),
    dryRun: z.boolean().exactOptional(),
    rows: z
      .array(
        z.strictObject({
          stage: z.string(),
          machine: machineName,
          outcome,
          because: z.string().exactOptional(),
        }),
      )
      .exactOptional(),
    setAside: z.array(z.strictObject({ machine: machineName, error: failureSchema })).exactOptional(),
    failure: failureSchema.exactOptional(),
  }).meta({ description: 'The last line, with the exit code of the process' }),
]);

/** The schema of a line as a JSON Schema (draft 2020-12), as docs/check.schema.json holds it. Ends with a line break. */
export function checkSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(checkLineSchema, { target: 'draft-2020-12' });
  const schema = {
    $schema,
    title: 'kmon check --json',
    description: 'One line of what is printed on stdout: JSON lines, the last of them a report.',
    ...rest,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
