import { z } from 'zod';
import { parseSubnet } from './networks/subnet.js';

// The kinds of value of kmon.yaml. Every error's text says what was expected, so that it completes "ssh.port must be …". What a pattern
// or a bound can say is said by one: an editor knows it too, by the JSON Schema.

export const matching = (expected: string, pattern: RegExp) =>
  z.string({ error: expected }).regex(pattern, { error: expected });

export const whole = (expected: string, min: number, max: number) =>
  z.int({ error: expected }).min(min, { error: expected }).max(max, { error: expected });

export const choice = <T extends string>(...values: readonly T[]) =>
  z.enum(values, { error: values.map((v) => JSON.stringify(v)).join(' or ') });

/**
 * A text out of a list. Not an enum: a number without quotes must be told as a number that should have been a text.
 *
 * @param values letters, digits and dots only
 */
export const oneOf = (expected: string, values: readonly string[]) =>
  matching(expected, new RegExp(`^(?:${values.map((v) => v.replaceAll('.', '\\.')).join('|')})$`)).meta({
    enum: [...values],
  });

// A control character in a path is a mistake in every case, and a NUL would not even reach the system.
export const path = (expected: string) => matching(expected, /^(?!\s)[^\p{Cc}]+(?<!\s)$/u);

export const tcpPort = () => whole('a port number from 1 to 65535', 1, 65535);

export const nodePort = () =>
  whole('a port number from 30000 to 32767 (what Kubernetes opens on every node)', 30000, 32767);

/** A range of IPv4 addresses whose prefix is `shortest` to `longest` long. */
export const subnet = (expected: string, shortest: number, longest: number) => {
  const lengths = Array.from({ length: longest - shortest + 1 }, (_, i) => shortest + i);
  return matching(expected, new RegExp(`^\\d+\\.\\d+\\.\\d+\\.\\d+/(?:${lengths.join('|')})$`)).refine(
    (value) => parseSubnet(value) !== undefined,
    { error: expected },
  );
};

/** A key that may be left out, with what an editor shows of it: what it means, and what is taken without it. */
export const optional = <T extends z.ZodType>(schema: T, description: string, standard?: unknown) =>
  schema.optional().meta(standard === undefined ? { description } : { description, default: standard });
