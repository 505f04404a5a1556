import { z } from 'zod';
import { SHORT_FORMS, writtenSchema } from './written-schema.js';

/** JSON, as far as a schema needs it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * kmon.yaml as a JSON Schema (draft 2020-12), for completion, explanations and marks in an editor. What it refuses, kmon refuses too: a
 * key that may be left out may also stand there with nothing behind it. The
 * reverse does not hold: that names are unique, ranges apart and files there is not for a schema to say.
 */
export function configSchema(): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(writtenSchema, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      Object.assign(jsonSchema, withShortForm(zodSchema, jsonSchema));
      // Left out by zod where a value is made from what was written; here it stands for what was written.
      const meta = z.globalRegistry.get(zodSchema);
      if (meta !== undefined && 'default' in meta) Object.assign(jsonSchema, { default: meta['default'] });
      if (zodSchema instanceof z.ZodOptional) Object.assign(jsonSchema, orNothing(jsonSchema));
    },
  });
  return {
    $schema,
    title: 'kmon.yaml',
    description: 'One room: the parent, the children, and how to log in.',
    ...rest,
  };
}

/** The schema's text as it is printed and published. Ends with a line break. */
export function configSchemaText(): string {
  return `${JSON.stringify(configSchema(), undefined, 2)}\n`;
}

/** What a `preprocess` takes besides its own schema cannot be seen by zod: it is added here. */
function withShortForm(zodSchema: z.core.$ZodType, jsonSchema: z.core.JSONSchema.BaseSchema): object {
  if (!(zodSchema instanceof z.ZodPipe) || jsonSchema.anyOf !== undefined) return {};
  const short = SHORT_FORMS.get(zodSchema.out as z.ZodType);
  if (short === undefined) return {};
  const alone: Record<string, unknown> = { ...z.toJSONSchema(short) };
  delete alone['$schema'];
  const { description, default: standard, ...full } = jsonSchema;
  for (const key of Object.keys(full)) Reflect.deleteProperty(jsonSchema, key);
  return {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    anyOf: [alone, full],
  };
}

/** `ssh:` with nothing behind it is null in YAML. kmon's reader leaves such a key out before zod sees it. */
function orNothing({ type, enum: values, anyOf }: z.core.JSONSchema.BaseSchema): object {
  if (anyOf !== undefined) return { anyOf: [...anyOf, { type: 'null' }] };
  return {
    ...(type === undefined ? {} : { type: [type, 'null'] }),
    ...(values === undefined ? {} : { enum: [...values, null] }),
  };
}
