import { createHash } from 'node:crypto';
import { KEY_DAYS, KEYS_FILE, SETTINGS_FILE } from './admission.js';

export interface PageFacts {
  readonly room: string;
  readonly by: string;
  /** What is pasted. */
  readonly line: string;
  /** What only fetches the script, for who types it by hand. */
  readonly fetch: string;
}

/**
 * A page out of its template. It is the same for everybody, holds no secret, and loads nothing. Every value is made harmless for HTML.
 *
 * @throws TypeError for a placeholder that has no value: a defect of kmon
 */
export function pageHtml(template: string, style: string, { room, by, line, fetch }: PageFacts): string {
  const values: Readonly<Record<string, string>> = {
    room: escaped(room),
    by: escaped(by),
    line: escaped(line),
    fetch: escaped(fetch),
    style,
    keys: KEYS_FILE,
    settings: SETTINGS_FILE,
    ledger: '/var/lib/kmon/ledger.jsonl',
    leave: '/var/lib/kmon/leave.sh',
    days: String(KEY_DAYS),
  };
  return template.replace(/\$\{([a-z]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TypeError(`the page wants \${${name}}, which has no value`);
    return value;
  });
}

/** How a Content-Security-Policy names a style. */
export function styleHash(style: string): string {
  return `sha256-${createHash('sha256').update(style).digest('base64')}`;
}

/** The language of the two that comes first in what a browser says of its own. */
export function languageOf(acceptLanguage: string): 'fr' | 'en' {
  const first = acceptLanguage
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().slice(0, 2))
    .find((language) => language === 'fr' || language === 'en');
  return first === 'fr' ? 'fr' : 'en';
}

function escaped(text: string): string {
  return text.replaceAll(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? '&#39;',
  );
}
