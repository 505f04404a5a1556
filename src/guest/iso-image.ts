/** A file of an image: a name of at most 64 plain letters, in the image's one folder. */
export interface IsoFile {
  readonly name: string;
  readonly content: Buffer;
}

const SECTOR = 2048;
/** ECMA-119, 6.2.1: what comes before is for others. */
const FIRST_DESCRIPTOR = 16;
const SMALL_FIRST_TABLE = 18;
const BIG_FIRST_TABLE = 19;
const ROOT = 20;
const FIRST_FILE = 21;
/** Readers such as libarchive's look at eight sectors of descriptors before they say what an image is: a shorter one is none to them. */
const AT_LEAST = 32;

/**
 * An image in the format ISO 9660 (ECMA-119) with the names of Rock Ridge (IEEE P1282), which Linux, macOS and BSD show; one folder, a few
 * small files. The same files give the same bytes: every date in it is the first of January 2000.
 *
 * There is no library for it on npm that is looked after, and this is all of the format that a seed needs.
 *
 * @throws RangeError when a name is no plain one, or there are more files than one sector of folder holds.
 */
export function isoImage(volume: string, files: readonly IsoFile[]): Buffer {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(volume)) throw new RangeError(`${volume} is no name of a volume`);
  for (const { name } of files)
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw new RangeError(`${name} is no name of a file`);
  // ECMA-119, 9.3: in the order of their names; these are made so that none is the same as another.
  const starts = files.map((_, i) => FIRST_FILE + sectors(files.slice(0, i)));
  const entries = files.map((file, i) =>
    record(`F${String(i).padStart(3, '0')}.;1`, starts[i] ?? FIRST_FILE, file.content.length, false, [
      attributes(0o100_644, 1),
      named(file.name),
    ]),
  );
  const folder = Buffer.concat([
    record('\0', ROOT, SECTOR, true, [SHARING, attributes(0o40_755, 2), EXTENSION]),
    record('\u0001', ROOT, SECTOR, true, [attributes(0o40_755, 2)]),
    ...entries,
  ]);
  if (folder.length > SECTOR) throw new RangeError(`${files.length} files are too many for one sector`);
  const used = FIRST_FILE + sectors(files);
  const all = Math.max(used, AT_LEAST);
  return Buffer.concat([
    Buffer.alloc(FIRST_DESCRIPTOR * SECTOR),
    padded(primaryDescriptor(volume, all)),
    padded(Buffer.from('\u00FFCD001\u0001', 'latin1')),
    padded(pathTable(false)),
    padded(pathTable(true)),
    padded(folder),
    ...files.map((file) => padded(file.content)),
    Buffer.alloc((all - used) * SECTOR),
  ]);
}

/** SUSP, 5.3: there are more fields than the standard's, from the first byte on. */
const SHARING = Buffer.from([0x53, 0x50, 7, 1, 0xbe, 0xef, 0]);
/** SUSP, 5.5: they are those of Rock Ridge; what it says of itself may be left out. */
const EXTENSION = Buffer.concat([
  Buffer.from([0x45, 0x52, 18, 1, 10, 0, 0, 1]),
  Buffer.from('RRIP_1991A', 'latin1'),
]);

/** Rock Ridge, 4.1.1: mode, links, owner, group; all of root. */
function attributes(mode: number, links: number): Buffer {
  return Buffer.concat([Buffer.from([0x50, 0x58, 36, 1]), both32(mode), both32(links), both32(0), both32(0)]);
}

/** Rock Ridge, 4.1.4: the name that is shown. */
function named(name: string): Buffer {
  return Buffer.concat([
    Buffer.from('NM', 'latin1'),
    Buffer.from([5 + name.length, 1, 0]),
    Buffer.from(name, 'latin1'),
  ]);
}

/** ECMA-119, 9.1. */
function record(
  name: string,
  sector: number,
  bytes: number,
  isFolder: boolean,
  fields: readonly Buffer[],
): Buffer {
  const identifier = Buffer.from(name, 'latin1');
  const fixed = Buffer.concat([
    Buffer.from([0, 0]),
    both32(sector),
    both32(bytes),
    // Years since 1900, month, day, hour, minute, second, zone.
    Buffer.from([100, 1, 1, 0, 0, 0, 0]),
    Buffer.from([isFolder ? 2 : 0, 0, 0]),
    both16(1),
    Buffer.from([identifier.length]),
    identifier,
    Buffer.alloc(identifier.length % 2 === 0 ? 1 : 0),
    ...fields,
  ]);
  const even = fixed.length % 2 === 0 ? fixed : Buffer.concat([fixed, Buffer.alloc(1)]);
  even[0] = even.length;
  return even;
}

/** ECMA-119, 8.4. */
function primaryDescriptor(volume: string, all: number): Buffer {
  const at = Buffer.alloc(SECTOR);
  at.fill(' ', 8, 72);
  at.fill(' ', 190, 813);
  at.write('\u0001CD001\u0001', 0, 'latin1');
  at.write(volume, 40, 'latin1');
  both32(all).copy(at, 80);
  both16(1).copy(at, 120);
  both16(1).copy(at, 124);
  both16(SECTOR).copy(at, 128);
  both32(pathTable(false).length).copy(at, 132);
  at.writeUInt32LE(SMALL_FIRST_TABLE, 140);
  at.writeUInt32BE(BIG_FIRST_TABLE, 148);
  record('\0', ROOT, SECTOR, true, []).copy(at, 156);
  for (const date of [813, 830]) at.write('2000010100000000\0', date, 'latin1');
  // It never expires, and is good from the beginning.
  for (const date of [847, 864]) at.write('0000000000000000\0', date, 'latin1');
  at[881] = 1;
  return at;
}

/** ECMA-119, 9.4: the one folder. */
function pathTable(bigFirst: boolean): Buffer {
  const table = Buffer.alloc(10);
  table[0] = 1;
  if (bigFirst) {
    table.writeUInt32BE(ROOT, 2);
    table.writeUInt16BE(1, 6);
  } else {
    table.writeUInt32LE(ROOT, 2);
    table.writeUInt16LE(1, 6);
  }
  return table;
}

function sectors(files: readonly IsoFile[]): number {
  return files.reduce((sum, file) => sum + Math.ceil(file.content.length / SECTOR), 0);
}

function padded(content: Buffer): Buffer {
  const rest = content.length % SECTOR;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(SECTOR - rest)]);
}

/** ECMA-119, 7.3.3: a number twice, the small end first and the big end first. */
function both32(value: number): Buffer {
  const number = Buffer.alloc(8);
  number.writeUInt32LE(value, 0);
  number.writeUInt32BE(value, 4);
  return number;
}

function both16(value: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt16LE(value, 0);
  number.writeUInt16BE(value, 2);
  return number;
}
