import { isRecord } from './value-paths.js';

/** Values as Helm puts files over each other: maps come together, anything else takes the place of what was there. */
export function merged(under: unknown, over: unknown): unknown {
  if (!isRecord(under) || !isRecord(over)) return over;
  const names = [...Object.keys(under), ...Object.keys(over).filter((name) => !Object.hasOwn(under, name))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      !Object.hasOwn(over, name)
        ? under[name]
        : Object.hasOwn(under, name)
          ? merged(under[name], over[name])
          : over[name],
    ]),
  );
}
