import type { Json } from '../resources/resource.js';

/** How two states differ, for people: `value: 1 (found 0)`. At most three places, each cut to a readable length. */
export function differences(found: Json, now: Json): string {
  const all = compare('', found, now);
  const more = all.length > 3 ? ` and ${all.length - 3} more` : '';
  return `${all.slice(0, 3).join('; ')}${more}`;
}

function compare(at: string, found: Json | undefined, now: Json | undefined): readonly string[] {
  if (JSON.stringify(found) === JSON.stringify(now)) return [];
  if (isList(found) && isList(now)) {
    const come = now.filter((n) => !includes(found, n)).map((n) => `${at}: ${show(n)} (not found before)`);
    const gone = found.filter((f) => !includes(now, f)).map((f) => `${at}: ${show(f)} is gone`);
    return [...come, ...gone];
  }
  if (isObject(found) && isObject(now)) {
    const keys = [...new Set([...Object.keys(found), ...Object.keys(now)])];
    return keys.flatMap((key) => compare(at === '' ? key : `${at} ${key}`, found[key], now[key]));
  }
  return [`${at === '' ? 'state' : at}: ${show(now)} (found ${show(found)})`];
}

function includes(list: readonly Json[], value: Json): boolean {
  const text = JSON.stringify(value);
  return list.some((x) => JSON.stringify(x) === text);
}

function show(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
