import { createHash } from 'node:crypto';
import type { GuestWay } from '../guest/ways/guest-way.js';
import { KEY_DAYS, KEYS_FILE, SETTINGS_FILE } from './admission.js';

export type System = GuestWay['system'];

/** What a laptop does that has one of these. */
export interface SystemFacts {
  readonly system: System;
  /** The laptop is a machine itself, or it has one in it. */
  readonly by: 'itself' | 'guest';
  /** What is pasted. */
  readonly line: string;
  /** What takes all of it away. */
  readonly leave: string;
}

export interface PageFacts {
  readonly room: string;
  readonly by: string;
  /** Of a Linux laptop that is a machine itself. */
  readonly line: string;
  /** What only fetches its script, for who types it by hand. */
  readonly fetch: string;
  /** None: the page is for Linux alone. */
  readonly guests: readonly SystemFacts[];
}

/** The templates of a page in one language, and the style of all. */
export interface PageTemplates {
  readonly frame: string;
  /** Of a Linux laptop that is a machine itself, and of one with a guest. */
  readonly itself: string;
  readonly guest: string;
  readonly style: string;
}

const NAMES: Readonly<Record<System, string>> = { windows: 'Windows', macos: 'macOS', linux: 'Linux' };

/**
 * A page out of its templates. It is the same for everybody but for the order of its parts: that of the browser's system comes first. It holds no
 * secret, and loads nothing. Every value is made harmless for HTML.
 *
 * @throws TypeError for a placeholder that has no value: a defect of kmon
 */
export function pageHtml(t: PageTemplates, facts: PageFacts, system: System = 'linux'): string {
  const { room, by, line, fetch, guests } = facts;
  const itself = {
    system: 'linux' as const,
    link: 'linux',
    text: filled(t.itself, {
      line: escaped(line),
      fetch: escaped(fetch),
      keys: KEYS_FILE,
      settings: SETTINGS_FILE,
      ledger: '/var/lib/kmon/ledger.jsonl',
      leave: '/var/lib/kmon/leave.sh',
      days: String(KEY_DAYS),
    }),
  };
  const others = guests.map((guest) => ({
    system: guest.system,
    link: guest.system === 'linux' ? 'linux-guest' : guest.system,
    text: filled(t.guest, {
      id: guest.system === 'linux' ? 'linux-guest' : guest.system,
      system: NAMES[guest.system],
      where: WHERE[guest.system],
      line: escaped(guest.line),
      leave: escaped(guest.leave),
    }),
  }));
  const parts = [itself, ...others];
  const ordered = [...parts.filter((p) => p.system === system), ...parts.filter((p) => p.system !== system)];
  const links = ordered.map(({ system: s, link }) => {
    const name = link === 'linux-guest' ? `${NAMES[s]} (VirtualBox)` : NAMES[s];
    return `<a href="#${link}">${name}</a>`;
  });
  return filled(t.frame, {
    room: escaped(room),
    by: escaped(by),
    style: t.style,
    systems: guests.length === 0 ? 'Linux' : links.join(', '),
    parts: ordered.map((p) => p.text).join('\n'),
  });
}

/** Where a line is pasted; these are names of programs, the same in every language. */
const WHERE: Readonly<Record<System, string>> = {
  windows: 'PowerShell',
  macos: 'Terminal',
  linux: 'Terminal',
};

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{([a-z]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TypeError(`the page wants \${${name}}, which has no value`);
    return value;
  });
}

/** Whose line comes first, by what a browser says of its computer. A telephone says nothing of the laptop beside it: Linux. */
export function systemOf(userAgent: string): System {
  if (/windows nt/i.test(userAgent)) return 'windows';
  return /macintosh/i.test(userAgent) ? 'macos' : 'linux';
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
