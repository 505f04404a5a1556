import { architectureInWords, PROCESSORS } from '../artifacts/architecture.js';
import { LABEL } from '../config/names.js';
import { WrongValue } from './wrong-use.js';

/** "90s", "2m", "1m30s" or bare seconds, to seconds. Between 5 seconds and one hour: a load must end. */
export function parseDuration(text: string): number {
  const seconds = readDuration(text);
  if (!(seconds >= 5 && seconds <= 3600)) throw new WrongValue('give 5s to 60m, such as 90s or 2m.');
  return seconds;
}

/** Not a number for what is no duration. */
function readDuration(text: string): number {
  const match = /^(?:(\d+)m)?(?:(\d+)s?)?$/.exec(text);
  return match === null || text === '' ? NaN : Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
}

/** "90m", "8h" or "2d", to seconds. Between a minute and a month. */
export function parsePast(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * ({ m: 60, h: 3600, d: 86_400 }[unit] ?? NaN);
  if (!(seconds >= 60 && seconds <= 31 * 86_400)) throw new WrongValue('give 1m to 31d, such as 90m or 8h.');
  return seconds;
}

/** A port of this computer. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port >= 1 && port <= 65_535)) throw new WrongValue('give a port from 1 to 65535.');
  return port;
}

/** "2s", or bare seconds, to seconds. Between one second and a minute. */
export function parseInterval(text: string): number {
  const seconds = /^\d{1,2}s?$/.test(text) ? Number.parseInt(text, 10) : NaN;
  if (!(seconds >= 1 && seconds <= 60)) throw new WrongValue('give 1s to 60s.');
  return seconds;
}

/** One of a few words, as it is. */
export function parseWord<const Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new WrongValue(`give one of ${words.join(', ')}.`);
    return found;
  };
}

/** "80" or "80%", to 1..100. */
export function parsePercent(text: string): number {
  const percent = /^(\d{1,3})%?$/.test(text) ? Number.parseInt(text, 10) : NaN;
  if (!(percent >= 1 && percent <= 100)) throw new WrongValue('give a percentage from 1 to 100.');
  return percent;
}

/** "85", "85C" or "85 °C", to degrees Celsius. */
export function parseCelsius(text: string): number {
  const celsius = /^\d{1,3} ?(?:°?C)?$/i.test(text) ? Number.parseInt(text, 10) : NaN;
  if (!(celsius >= 30 && celsius <= 110)) throw new WrongValue('give a temperature from 30 to 110 (°C).');
  return celsius;
}

/** A whole number from 0 to 32. */
export function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(count >= 0 && count <= 32)) throw new WrongValue('give a number from 0 to 32.');
  return count;
}

/** "amd64,arm64", as Debian names processors that there are programs of Kubernetes for. */
export function parseArchitectures(text: string): readonly string[] {
  const known = Object.keys(PROCESSORS);
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const none = names.filter((name) => !known.includes(name)).map(architectureInWords);
  if (none.length > 0)
    throw new WrongValue(`there is no Kubernetes for ${none.join(', ')}: give some of ${known.join(',')}.`);
  return names;
}

/** A name in Kubernetes. */
export function parseLabel(text: string): string {
  if (!LABEL.test(text))
    throw new WrongValue('give a name of small letters, digits and dashes, at most 63, no dash at its ends.');
  return text;
}

/** Where metrics are on a port. */
export function parseMetricsPath(text: string): string {
  if (!/^\/[^?#\s]*$/.test(text))
    throw new WrongValue('give a path that begins with a slash, such as /metrics, without ? and #.');
  return text;
}

/** More would be an attack on laptops, and more than hey keeps open. */
const MOST_CONNECTIONS = 500;
const MOST_STEPS = 12;

/** "10,50,100", to the connections of each step of a load; 0: a step in which nothing is asked for. */
export function parseLoadSteps(text: string): readonly number[] {
  const steps = text.split(',').map((step) => (/^ *\d{1,6} *$/.test(step) ? Number(step) : NaN));
  if (steps.some((step) => Number.isNaN(step)))
    throw new WrongValue('give the connections of each step, such as 10,50,100.');
  const most = Math.max(...steps);
  if (most > MOST_CONNECTIONS)
    throw new WrongValue(`a step has ${MOST_CONNECTIONS} connections at the most.`);
  if (steps.length > MOST_STEPS) throw new WrongValue(`a load has ${MOST_STEPS} steps at the most.`);
  if (most === 0) throw new WrongValue('at least one step needs connections.');
  return steps;
}

/** As `parseDuration`, of one step of a load: between 5 seconds and ten minutes. */
export function parseStepDuration(text: string): number {
  const seconds = readDuration(text);
  if (!(seconds >= 5 && seconds <= 600)) throw new WrongValue('give 5s to 10m, such as 30s or 2m.');
  return seconds;
}
