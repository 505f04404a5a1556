import { createHash } from 'node:crypto';
import { unfinishedName } from '../shell/replace-file.js';
import { quote } from '../shell/quote.js';
import { KEYS_FILE, SETTINGS_FILE } from './admission.js';

/** What the script of one enrolment has to know. */
export interface ScriptFacts {
  /** `http://address:port`, without a slash behind it. */
  readonly page: string;
  readonly session: string;
  readonly room: string;
  /** user@computer of the teacher. */
  readonly by: string;
  /** By which the ledger of this very room is known again. */
  readonly roomId: string;
  /** Put before every path: nothing, but for tests. */
  readonly root?: string;
  /** Between two questions of the laptop. */
  readonly pauseSeconds?: number;
}

/** The path of the script on the page. */
export const SCRIPT_PATH = '/kmon.sh';

/** What runs on the laptop: the values of this enrolment before the template. */
export function laptopScript(
  template: string,
  { root = '', pauseSeconds = 2, ...facts }: ScriptFacts,
): string {
  const values: Readonly<Record<string, string>> = {
    PAGE: facts.page,
    SESSION: facts.session,
    ROOM: facts.room,
    BY: facts.by,
    ROOM_ID: facts.roomId,
    ROOT: root,
    PAUSE: String(pauseSeconds),
    KEYS: root + KEYS_FILE,
    KEYS_NEW: root + unfinishedName(KEYS_FILE),
    SETTINGS: root + SETTINGS_FILE,
    SETTINGS_NEW: root + unfinishedName(SETTINGS_FILE),
  };
  const set = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`);
  return `#!/bin/sh\n# A laptop joins the room ${facts.room} of kmon.\n${set.join('\n')}\n${template}`;
}

/** What a careful student types by hand, to compare the script's number before it runs. */
export function fetchFor(page: string): string {
  return `wget ${page.replace('http://', '')}${SCRIPT_PATH}`;
}

/**
 * The first 64 bits of the script's checksum, in groups of four, for the teacher's screen. The page does not show it: what has changed the page could
 * change it as well.
 */
export function checkOf(script: string): string {
  return sumOf(script)
    .slice(0, 16)
    .replaceAll(/.{4}(?=.)/g, '$& ');
}

function sumOf(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}

/**
 * What a student pastes: fetches the script, and runs it only where it is the one that this line was made with. Works in every shell: what has to be
 * understood by sh alone is within quotes. Without a proxy, since it is about a computer of the same room.
 */
export function lineFor(page: string, script: string): string {
  const url = `${page}${SCRIPT_PATH}`;
  return [
    `sh -c 'f=$(mktemp) &&`,
    `{ curl -fsS --noproxy "*" -o "$f" ${url} 2>/dev/null || wget -q --no-proxy -O "$f" ${url}; } &&`,
    `echo "${sumOf(script)}  $f" | sha256sum -c >/dev/null && sudo sh "$f"; r=$?; rm -f "$f"; exit $r'`,
  ].join(' ');
}
