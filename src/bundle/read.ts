import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KmonError } from '../errors/kmon-error.js';
import type { Bundle } from './bundle.js';

const inside = z
  .string()
  .refine((file) => !isAbsolute(file) && !normalize(file).startsWith('..'), 'must lie in the bundle');

const part = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['binary', 'images', 'chart']),
  version: z.coerce.string(),
  file: inside,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
  for: z.array(z.enum(['parent', 'child'])).min(1),
  images: z.array(z.string()).default([]),
});

const written = z.strictObject({
  format: z.literal('kmon-bundle/1'),
  name: z.string(),
  kubernetes: z.string().regex(/^v\d+\.\d+\.\d+/),
  architecture: z.string(),
  parts: z.array(part).min(1),
});

/**
 * Reads a bundle's list. Its parts are not looked at: that is `verifyBundle`.
 *
 * @throws KmonError `config` when there is no bundle in the folder, or its list is wrong (every mistake at once).
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const file = join(resolve(folder), 'bundle.yaml');
  const hint =
    'build the bundle again (scripts/bundle/build), or name another folder as `bundle` in kmon.yaml';
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
    architecture,
    parts: parts.map(({ size, ...rest }) => ({ ...rest, sizeBytes: size })),
  };
}
