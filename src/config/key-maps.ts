import { z } from 'zod';
import type { KeyPath } from './mistakes/problems.js';

/** Which keys a file may hold, and where. */
export interface KeyMaps {
  /** Those that may stand in the map at this path. */
  at(path: KeyPath): readonly string[];
  /** The maps in which this key would be right: `version` belongs to `kubernetes`. */
  homesOf(key: string): readonly string[];
}

/** The keys of every map of a schema. */
export function keyMapsOf(schema: z.core.$ZodType): KeyMaps {
  const maps = mapsIn(schema, '');
  return {
    at: (path) => maps[path.map((key) => (typeof key === 'number' ? '*' : key)).join('.')] ?? [],
    homesOf: (key) =>
      Object.entries(maps)
        .filter(([, keys]) => keys.includes(key))
        .map(([map]) => (map === '' ? 'the top level' : map.replace('.*', '[]'))),
  };
}

/** The keys of every map of the schema, by its path; `*` stands for any place in a list. */
function mapsIn(schema: z.core.$ZodType, at: string): Readonly<Record<string, readonly string[]>> {
  const below = (inner: z.core.$ZodType, key: string): Readonly<Record<string, readonly string[]>> =>
    mapsIn(inner, at === '' ? key : `${at}.${key}`);
  if (schema instanceof z.ZodOptional) return mapsIn(schema.unwrap(), at);
  if (schema instanceof z.ZodPipe) return mapsIn(schema.out, at);
  if (schema instanceof z.ZodArray) return below(schema.element, '*');
  if (!(schema instanceof z.ZodObject)) return {};
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return Object.assign(
    { [at]: Object.keys(shape) },
    ...Object.entries(shape).map(([key, inner]) => below(inner, key)),
  ) as Readonly<Record<string, readonly string[]>>;
}
