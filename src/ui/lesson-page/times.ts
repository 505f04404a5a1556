import { durationText } from '../../findings/wording.js';
import type { Language } from './language.js';
import type { Words } from './words.js';

/** How times are written for people: by the clock on the wall, whose zone is handed in. */
export interface Times {
  /** "14:05", with the day before it where the lesson has more than one. */
  short(at: string): string;
  /** "14:05:09" */
  exact(at: string): string;
  /** With the day: "2026-11-30 14:05", in French "30/11/2026 14:05". */
  long(at: string): string;
  /** "3 min", "1 h 30 min" */
  between(from: string, until: string): string;
  lasting(seconds: number): string;
}

/**
 * @param zone Of IANA's names; absent: that of this computer.
 * @param span Of the lesson, RFC 3339.
 */
export function timesIn(
  language: Language,
  words: Words,
  span: { readonly from: string; readonly until: string },
  zone?: string,
): Times {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const partsOf = (at: string): Readonly<Record<string, string>> =>
    Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  const dayOf = (at: string): string => {
    const { year = '', month = '', day = '' } = partsOf(at);
    return language === 'fr' ? `${day}/${month}/${year}` : `${year}-${month}-${day}`;
  };
  const minuteOf = (at: string): string => {
    const { hour = '', minute = '' } = partsOf(at);
    return `${hour}:${minute}`;
  };
  const long = (at: string): string => `${dayOf(at)} ${minuteOf(at)}`;
  const isOneDay = dayOf(span.from) === dayOf(span.until);
  const lasting = (seconds: number): string =>
    durationText(Math.max(0, seconds)).replace(' d', ` ${words.day}`);
  return {
    short: (at) => (isOneDay && dayOf(at) === dayOf(span.from) ? minuteOf(at) : long(at)),
    exact: (at) => {
      const { hour = '', minute = '', second = '' } = partsOf(at);
      return `${hour}:${minute}:${second}`;
    },
    long,
    between: (from, until) => lasting((Date.parse(until) - Date.parse(from)) / 1000),
    lasting,
  };
}
