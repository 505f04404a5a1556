import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KmonError } from '../errors/kmon-error.js';
import type { Bundle } from './bundle.js';
import { PACKED, fileName } from './parts.js';

/** Folders and names of plain letters: whatever `file` is joined to, the path stays below it, and no option or blank is in it. */
const inside = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9_][A-Za-z0-9._+~-]*\/)*[A-Za-z0-9_][A-Za-z0-9._+~-]*$/,
    'must be a plain path below the bundle',
  );
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]*$/, 'must be a word');

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const size = z.int().nonnegative();

const part = z.strictObject({
  name: word,
  kind: z.enum(['binary', 'images', 'chart']),
  version: z.string().regex(/^\S{1,100}$/, 'must be a version in quotes'),
  file: inside,
  sha256,
  size,
  unpacked: z.strictObject({ sha256, size }).optional(),
  for: z.array(z.enum(['parent', 'child'])).min(1),
  images: z.array(z.string().regex(/^[A-Za-z0-9][\w./:@-]*$/, 'must be the name of an image')).default([]),
  architecture: word.optional(),
  from: z.array(z.string()).optional(),
});

const written = z
  .strictObject({
    format: z.literal('kmon-bundle/1'),
    name: word,
    kubernetes: z.string().regex(/^v\d+\.\d+\.\d+[\w.+-]*$/, 'must be a version such as v1.36.2'),
    // A list where it is for more than one kind of machine.
    architecture: z.union([word.transform((only) => [only]), z.array(word).min(1)]),
    parts: z.array(part).min(1),
  })
  .superRefine(({ architecture, parts }, context) => {
    const issue = (message: string): void => {
      context.addIssue({ code: 'custom', path: ['parts'], message });
    };
    if (parts.some((p) => p.architecture !== undefined && !architecture.includes(p.architecture)))
      issue('a part is for an architecture that the bundle is not for');
    if (parts.some((p) => p.unpacked !== undefined && (p.kind === 'images' || !p.file.endsWith(PACKED))))
      issue(`only programs and charts may be packed, in a file that ends in ${PACKED}`);
    for (const kind of architecture) {
      const its = parts.filter((p) => (p.architecture ?? kind) === kind);
      if (!unique(its.map((p) => p.name))) issue('two parts have the same name');
      // What is not an image goes to one folder of a machine by the last part of its path.
      if (!unique(its.filter((p) => p.kind !== 'images').map((p) => `${p.kind} ${fileName(p)}`)))
        issue('two parts would be the same file on a machine');
    }
  });

function unique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** The name of the list in a bundle's folder. */
export const LIST = 'bundle.yaml';

/**
 * Reads a bundle's list; `list`: one of another name in the same folder. Its parts are not looked at: that is `verifyBundle`.
 *
 * @throws KmonError `config` when there is no bundle in the folder, or its list is wrong (every mistake at once).
 */
export async function readBundle(folder: string, list = LIST): Promise<Bundle> {
  const file = join(resolve(folder), list);
  const hint = 'make the bundle again (kmon bundle make), or name another folder as `bundle` in kmon.yaml';
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new KmonError('config', `there is no bundle in ${folder}`, { hint, cause: error });
  }
  let tree: unknown;
  try {
    tree = parse(text);
  } catch (error) {
    throw new KmonError('config', `${file} is no YAML`, { hint, cause: error });
  }
  const result = written.safeParse(tree);
  if (!result.success) {
    const problems = result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
    throw new KmonError('config', `${file} is not a bundle's list: ${problems.join('; ')}`, { hint });
  }
  const { name, kubernetes, architecture, parts } = result.data;
  return {
    folder: resolve(folder),
    name,
    kubernetes,
    architectures: architecture,
    parts: parts.map(({ size: sizeBytes, architecture: only, from, unpacked, ...rest }) => ({
      ...rest,
      sizeBytes,
      ...(unpacked === undefined ? {} : { unpacked: { sha256: unpacked.sha256, sizeBytes: unpacked.size } }),
      ...(only === undefined ? {} : { architecture: only }),
      ...(from === undefined ? {} : { from }),
    })),
  };
}
