import { z } from 'zod';
import { SOURCE_OUTCOMES } from '../../trial/network-proof.js';
import type { NetworkProof } from '../../trial/network-proof.js';
import { NETWORK_ORDER } from '../../trial/networks-here.js';
import { CATALOGUE } from '../index.js';
import type { Finding } from '../index.js';
import { SEVERITIES } from '../severity.js';
import type { CheckResult } from './result.js';

const ROLES = ['parent', 'child'] as const;

/** A name out of a list that is known at compile time. */
export const oneOf = <T extends string>(values: readonly T[], description: string) =>
  z.enum(values).meta({ description });

/** A text, and what it is. */
export const text = (description: string) => z.string().meta({ description });
/** Who it is about. */
export const machineName = z.string().meta({ description: 'Name of a machine, as in kmon.yaml' });
const port = z.int().min(1).max(65535);
const count = z.int().min(0);
/** A length of time, and of what. */
export const milliseconds = (description: string) => z.number().min(0).meta({ description });

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
  foreign: z
    .array(
      z.strictObject({
        from: machineName,
        to: machineName,
        sent: count,
        arrived: count.meta({ description: 'Seen by "to" on its link' }),
        direct: z.boolean().meta({ description: 'Both are on one segment' }),
      }),
    )
    .meta({ description: 'Packets with addresses of pods; absent: none were tried' })
    .exactOptional(),
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
      host: text('Who was asked for a few bytes'),
      port,
      outcome: oneOf(
        SOURCE_OUTCOMES,
        'silent: nothing came back in time; untrusted: by its certificate; portal: something else came; status: it answers, but does not give it',
      ),
      at: text(
        'Whom that is about, as host:port: another name that was sent on to, or the proxy',
      ).exactOptional(),
      proxy: z.literal(true).meta({ description: 'The proxy is meant by "at"' }).exactOptional(),
      said: text('A status, the name of an authority, a reason').exactOptional(),
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
    networks: z
      .array(
        z.strictObject({
          network: oneOf(NETWORK_ORDER, 'A pod network, as kubernetes.network in kmon.yaml calls it'),
          outcome: oneOf(
            ['works', 'fails', 'untried'],
            'untried: it could not be tried, or routes not with every machine',
          ),
          because: text('Why not, with the machines between which it is so').exactOptional(),
        }),
      )
      .meta({
        description:
          'Which pod networks would work, in the order of `network: auto`; absent: the network was not tried',
      })
      .exactOptional(),
    observed: z
      .array(computerSchema)
      .meta({ description: 'Computers that are only observed; absent: the room has none' })
      .exactOptional(),
  })
  .meta({ id: 'result' }) satisfies z.ZodType<CheckResult>;
