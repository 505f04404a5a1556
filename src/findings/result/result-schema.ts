import { z } from 'zod';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import type { NetworkProof } from '../../trial/network-proof.js';
import { CATALOGUE } from '../catalogue.js';
import type { Finding } from '../index.js';
import { SEVERITIES } from '../severity.js';
import type { CheckResult } from './result.js';

const ROLES = ['parent', 'child'] as const;

/** A name out of a list that is known at compile time. */
const oneOf = <T extends string>(values: readonly T[], description: string) =>
  z.enum(values).meta({ description });

const text = (description: string) => z.string().meta({ description });
const machineName = z.string().meta({ description: 'Name of a machine, as in kmon.yaml' });
const port = z.int().min(1).max(65535);
const count = z.int().min(0);
const milliseconds = (description: string) => z.number().min(0).meta({ description });

/** One finding, as it is printed. */
export const findingSchema = z
  .strictObject({
    code: oneOf([...CATALOGUE.keys()], 'Stable; docs/findings.md explains each'),
    severity: oneOf(
      SEVERITIES,
      'stops: the workshop cannot work there; hurts: it will, badly; note: good to know',
    ),
    machine: machineName.exactOptional().meta({ description: 'Absent: it is about the room as a whole' }),
    evidence: text('What was seen'),
    cause: text('Why it is so, or why it matters'),
    remedy: text('What to do'),
    fixable: z.boolean().meta({ description: 'kmon check --fix can do it' }),
  })
  .meta({ id: 'finding' }) satisfies z.ZodType<Finding>;

const machineSchema = z.strictObject({
  name: machineName,
  role: z.enum(ROLES),
  address: z.string(),
  reached: z.boolean().meta({ description: 'It told its facts' }),
  system: text('Name of the operating system').exactOptional(),
  cpus: count.exactOptional(),
  memoryBytes: count.exactOptional(),
  sensors: z
    .array(z.string())
    .meta({ description: 'Names of temperature sensors; empty: it has none' })
    .exactOptional(),
  addressing: z.enum(['leased', 'static']).exactOptional(),
});

const computerSchema = z.strictObject({
  name: machineName,
  address: z.string(),
  port: port.meta({ description: 'Where its exporter is looked for, from the parent' }),
  exporter: oneOf(
    ['open', 'silent', 'refused', 'no-route', 'untried'],
    'silent: nothing came back in time; untried: there is no parent to try it from',
  ),
  system: text('Name of its operating system, where its SSH tells').exactOptional(),
});

const networkSchema = z.strictObject({
  ports: z.array(
    z.strictObject({
      from: machineName,
      to: machineName,
      port,
      outcome: oneOf(
        ['open', 'silent', 'refused', 'no-route'],
        'silent: nothing came back in time; refused: a reset or an ICMP error came back',
      ),
      rttMs: milliseconds('Of the handshake').exactOptional(),
    }),
  ),
  echoes: z.array(
    z.strictObject({
      from: machineName,
      to: machineName,
      port,
      sent: count,
      arrived: count.meta({ description: 'Counted by "to"' }),
      answered: count.meta({ description: 'Came back to "from"' }),
      rttMs: milliseconds('Median of the round trips').exactOptional(),
      mtu: count
        .meta({ description: 'Largest IPv4 packet that came through and back whole, in bytes' })
        .exactOptional(),
      mtuThere: count
        .meta({ description: 'Largest IPv4 packet that came as far as "to" whole, in bytes' })
        .exactOptional(),
    }),
  ),
  speeds: z.array(
    z.strictObject({
      from: machineName,
      to: machineName,
      bitsPerSecond: z.number().min(0),
      when: oneOf(['together', 'alone'], 'together: while all children sent at once'),
    }),
  ),
  sources: z.array(
    z.strictObject({
      machine: machineName,
      host: z.string(),
      port,
      outcome: z.enum(['open', 'no-name', 'silent', 'refused']),
    }),
  ),
  untried: z.array(z.strictObject({ machine: machineName, what: z.string(), because: z.string() })),
}) satisfies z.ZodType<NetworkProof>;

/** The `data` of the line `result`. */
export const checkResultSchema = z
  .strictObject({
    room: text('Name of the room'),
    machines: z.array(machineSchema).meta({ description: 'Those that were looked at, the parent first' }),
    findings: z
      .array(findingSchema)
      .meta({ description: 'About the room first, then machine by machine, the worst of each first' }),
    network: networkSchema
      .meta({ description: 'What was measured; absent: the network was not tried' })
      .exactOptional(),
    observed: z
      .array(computerSchema)
      .meta({ description: 'Computers that are only observed; absent: the room has none' })
      .exactOptional(),
  })
  .meta({ id: 'result' }) satisfies z.ZodType<CheckResult>;

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
    verb: z.enum(['query', 'mutate']),
    intent: z.string().exactOptional(),
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
