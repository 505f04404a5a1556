/** What somebody may do with a file of Windows, by one entry of its list. */
export interface Granted {
  /** A SID, or the two letters that stand for a well-known one. */
  readonly who: string;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Rights by the letters that SDDL has for them: https://learn.microsoft.com/windows/win32/secauthz/ace-strings */
const RIGHTS: Readonly<Record<string, number>> = {
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
  SD: 0x1_0000,
  RC: 0x2_0000,
  WD: 0x4_0000,
  WO: 0x8_0000,
  GA: 0x1000_0000,
  GX: 0x2000_0000,
  GW: 0x4000_0000,
  GR: 0x8000_0000,
  FA: 0x1f_01ff,
  FR: 0x12_0089,
  FW: 0x12_0116,
  FX: 0x12_00a0,
};
/** FILE_READ_DATA, and what includes it. */
const READS = [0x1, 0x1000_0000, 0x8000_0000];
/** FILE_WRITE_DATA, FILE_APPEND_DATA, WRITE_DAC, WRITE_OWNER, and what includes them: who may write the list gives himself the rest. */
const WRITES = [0x2, 0x4, 0x4_0000, 0x8_0000, 0x1000_0000, 0x4000_0000];

/**
 * Who is allowed something by a security descriptor in SDDL, such as `D:PAI(A;;FA;;;SY)(A;;0x1200a9;;;BU)`. Entries that are for files to come
 * (inherit only) are left out, and so are those that deny: what is told may be more than can really be done, and never less.
 *
 * `everybody`: there is no list at all, which allows everything to everybody. `undefined`: that is no security descriptor.
 */
export function grantedBy(sddl: string): readonly Granted[] | 'everybody' | undefined {
  const list = /D:(.*)$/s.exec(sddl)?.[1];
  if (list === undefined) return undefined;
  if (list.startsWith('NO_ACCESS_CONTROL')) return 'everybody';
  return [...list.matchAll(/\((O?A|XA);([^;]*);([^;]*);[^;]*;[^;]*;([^;)]+)/g)].flatMap(
    ([, , flags = '', rights = '', who = '']): readonly Granted[] => {
      if (pairs(flags).includes('IO')) return [];
      const mask = maskOf(rights);
      return [{ who, reads: has(mask, READS), writes: has(mask, WRITES) }];
    },
  );
}

function maskOf(rights: string): readonly number[] {
  if (/^0x[\da-f]+$/i.test(rights)) return [Number.parseInt(rights, 16)];
  if (/^\d+$/.test(rights)) return [Number(rights)];
  // Letters that are not known might be anything.
  return pairs(rights).map((letters) => RIGHTS[letters] ?? 0xffff_ffff);
}

function has(masks: readonly number[], bits: readonly number[]): boolean {
  // Not with `&` alone: that would make the highest bit negative.
  return masks.some((mask) => bits.some((bit) => Math.floor(mask / bit) % 2 === 1));
}

function pairs(letters: string): readonly string[] {
  return letters.match(/../g) ?? [];
}

/** Well-known groups by their letters and SIDs, as people know them. */
const NAMES: Readonly<Record<string, string>> = {
  WD: 'Everyone',
  'S-1-1-0': 'Everyone',
  AU: 'Authenticated Users',
  'S-1-5-11': 'Authenticated Users',
  BU: 'Users',
  'S-1-5-32-545': 'Users',
  BG: 'Guests',
  'S-1-5-32-546': 'Guests',
  IU: 'Interactive',
  'S-1-5-4': 'Interactive',
  NU: 'Network',
  'S-1-5-2': 'Network',
  AN: 'Anonymous',
  'S-1-5-7': 'Anonymous',
};

export function nameOfSid(who: string): string {
  return NAMES[who] ?? who;
}

/** The system, the administrators (of the computer, of its domain), and the owner by that very name: they can do everything anyway. */
const TRUSTED = new Set(['SY', 'S-1-5-18', 'BA', 'S-1-5-32-544', 'LA', 'DA', 'EA', 'OW', 'S-1-3-4']);

/** Those who are neither `self` nor can do everything anyway, each once. */
export function strangersIn(granted: readonly Granted[], self: string | undefined): readonly Granted[] {
  const others = granted.filter(({ who }) => who !== self && !TRUSTED.has(who));
  return others.filter((one, i) => others.findIndex(({ who }) => who === one.who) === i);
}
