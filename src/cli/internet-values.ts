import { REFUSED_STATUS, REFUSED_WAY } from '../lab/internet/behaviour.js';
import type { Refusal } from '../lab/internet/behaviour.js';
import { INTERNET_NAMES } from '../lab/internet/names.js';
import { WrongValue } from './wrong-use.js';

const HOW = [...REFUSED_STATUS, ...REFUSED_WAY] as const;

/** "quay.io", "quay.io/prometheus/prometheus=404", "docker.io=closed". */
export function parseRefusal(text: string): Refusal {
  const [, given = '', below = '', how = '403'] = /^([^/=]+)(\/[\w./:~-]*)?(?:=(\w+))?$/.exec(text) ?? [];
  const path = below.replace(/\/$/, '');
  // What people and kmon.yaml write.
  const name = given === 'docker.io' ? 'registry-1.docker.io' : given;
  if (!INTERNET_NAMES.some((known) => known === name))
    throw new WrongValue(`give one of ${INTERNET_NAMES.join(', ')}, and what is below it behind a slash.`);
  const found = HOW.find((h) => String(h) === how);
  if (found === undefined) throw new WrongValue(`give one of ${HOW.join(', ')} behind "=".`);
  if (path !== '' && typeof found === 'string')
    throw new WrongValue(`give a number of HTTP for what is below a name: ${REFUSED_STATUS.join(', ')}.`);
  return { name, path, how: found };
}

/** "200k", "1.5M", "5000", to bytes. */
export function parseBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text) ?? [];
  const times = unit === 'M' ? 1_000_000 : unit === 'k' ? 1000 : 1;
  const bytes = Math.round(Number(number) * times);
  if (number === '' || !(bytes >= 1000 && bytes <= 1_000_000_000))
    throw new WrongValue('give 1k to 1000M, such as 200k.');
  return bytes;
}

/** The name of who signs: it stands in a certificate. */
export function parseAuthority(text: string): string {
  if (!/^\p{L}[\p{L}\d .'-]{0,62}$/u.test(text))
    throw new WrongValue(
      'give a name of letters, digits, spaces, dots and hyphens, such as "School filter".',
    );
  return text;
}

export function parseOneOf<const Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new WrongValue(`give one of ${words.join(', ')}.`);
    return found;
  };
}
