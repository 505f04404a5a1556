import { ledgerText } from '../engine/ledger.js';
import type { LedgerEntry } from '../engine/ledger.js';
import { file } from '../resources/file.js';
import type { FileParams } from '../resources/file.js';
import type { RoomMark } from '../room/room-mark.js';
import type { SshdSays } from './registration.js';

/** Where kmon's key lies on a laptop: a file of its own, so that no file of the owner's is opened. */
export const KEYS_FILE = '/etc/ssh/kmon_authorized_keys';

/** What makes the SSH server read it. First among its neighbours, since the first value of a setting wins. */
export const SETTINGS_FILE = '/etc/ssh/sshd_config.d/00-kmon.conf';

/** The name under which the ledger has both. */
export const ENROL = 'enrol';

/** The key is of no use after that, should nobody give the laptop back. */
export const KEY_DAYS = 30;

/** What lets kmon into a laptop: the two files, and the ledger that takes them back. */
export interface Admission {
  readonly keys: string;
  readonly settings: string;
  readonly ledger: string;
}

export interface Admitted {
  readonly mark: RoomMark;
  /** Of kmon's key, as in a .pub file. */
  readonly publicKey: string;
  readonly sshd: SshdSays;
  readonly run: string;
  readonly now: Date;
}

/** Pure: the laptop's own script writes it, and refuses where one of the files is there. */
export function admissionOf({ mark, publicKey, sshd, run, now }: Admitted): Admission {
  const keys = `${admittedKey(publicKey, now)}\n`;
  const settings = settingsText(sshd);
  const files: readonly FileParams[] = [
    { path: KEYS_FILE, content: keys, mode: '0600' },
    { path: SETTINGS_FILE, content: settings, mode: '0644', then: 'sshd-reload' },
  ];
  const entries = files.map((params, i): LedgerEntry => {
    const { id, kind, params: kept } = file(params);
    const found = { what: { type: 'absent' }, absentParents: [], emptyParents: [], unfinished: false };
    return {
      seq: i + 1,
      at: now.toISOString(),
      run,
      room: mark,
      stage: ENROL,
      id,
      kind,
      params: kept,
      found,
    };
  });
  return { keys, settings, ledger: ledgerText(entries) };
}

/**
 * Commands, and the connections through the laptop by which kmon asks its services; no terminal, no agent, no X11. Not bound to the keyboard's
 * address: that changes in a lesson, and the room may be given back from another computer.
 */
export function admittedKey(publicKey: string, now: Date): string {
  const end = new Date(now.getTime() + KEY_DAYS * 86_400_000);
  const day = end.toISOString().slice(0, 10).replaceAll('-', '');
  return `restrict,port-forwarding,expiry-time="${day}" ${publicKey}`;
}

/**
 * For root alone, and in addition to what the owner has set. Where the owner keeps root out, or asks for more than a key, root comes in by kmon's
 * key and by nothing else: a key of the owner's that did not work before does not work now, nor one that worked for set commands, or with a password.
 */
function settingsText(sshd: SshdSays): string {
  const head = [
    "# kmon's key, for the lesson: goes again by `kmon teardown`, or here by sudo sh /var/lib/kmon/leave.sh",
    'Match User root',
  ];
  const lines = isOpenToKeys(sshd)
    ? [`    AuthorizedKeysFile ${ownFiles(sshd)}${KEYS_FILE}`]
    : [
        '    PermitRootLogin prohibit-password',
        '    PubkeyAuthentication yes',
        '    AuthenticationMethods publickey',
        '    AuthorizedKeysCommand none',
        '    TrustedUserCAKeys none',
        `    AuthorizedKeysFile ${KEYS_FILE}`,
      ];
  return [...head, ...lines, ''].join('\n');
}

/** Those of the owner: a laptop that comes in anew has kmon's among them. */
function ownFiles({ authorizedKeysFile }: SshdSays): string {
  const own = authorizedKeysFile.split(' ').filter((name) => name !== 'none' && name !== KEYS_FILE);
  return own.map((name) => `${name} `).join('');
}

/**
 * Root may come in by a key as it is. `without-password` is how `sshd -T` calls prohibit-password. `publickey` is one key, whoever has said so; with
 * no other file than kmon's it was kmon, in an enrolment before.
 */
function isOpenToKeys(sshd: SshdSays): boolean {
  const methods = sshd.authenticationMethods;
  return (
    ['yes', 'without-password', 'prohibit-password'].includes(sshd.permitRootLogin) &&
    sshd.pubkeyAuthentication === 'yes' &&
    (methods === 'any' || (methods === 'publickey' && sshd.authorizedKeysFile !== KEYS_FILE))
  );
}
