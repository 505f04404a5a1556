/** The text of a file, and what its bytes were. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252';
}

/** Why bytes are no text. */
export interface NoText {
  readonly mistake: string;
}

/**
 * The characters of Windows-1252 where it differs from Latin-1: bytes 80 to 9F; a blank where it has none. Written out, because Node's
 * TextDecoder takes the one for the other in some versions.
 */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/**
 * Text as editors, shells and spreadsheets write it (PowerShell 5 writes UTF-16 for `>`): UTF-8 and UTF-16 with a byte order mark or without, or what a French or English Windows calls
 * ANSI. A byte order mark is no part of the text.
 */
export function decodeText(bytes: Buffer): DecodedText | NoText {
  const order = utf16Order(bytes);
  if (order !== undefined) {
    if (bytes.length % 2 !== 0) return { mistake: 'it is UTF-16 with half a character at its end' };
    const little = order === 'LE' ? bytes : Buffer.from(bytes).swap16();
    return { text: withoutMark(little.toString('utf16le')), encoding: 'UTF-16' };
  }
  if (bytes.includes(0)) return { mistake: 'it is no text' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    return windows1252(bytes);
  }
}

/** By the byte order mark; else by where the zeros are: every other byte of plain letters, digits and separators is one. */
function utf16Order(bytes: Buffer): 'LE' | 'BE' | undefined {
  const mark = markOf(bytes);
  if (mark !== undefined) return mark;
  const zeros = [0, 0];
  for (const [i, byte] of bytes.subarray(0, 4096).entries()) {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  const many = Math.min(bytes.length, 4096) / 4;
  if (odd > many && even === 0) return 'LE';
  return even > many && odd === 0 ? 'BE' : undefined;
}

function markOf(bytes: Buffer): 'LE' | 'BE' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'LE';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'BE' : undefined;
}

function windows1252(bytes: Buffer): DecodedText | NoText {
  if (bytes.some((byte) => WINDOWS_1252[byte - 0x80] === ' '))
    return { mistake: 'it is neither UTF-8 nor Windows-1252' };
  const text = bytes
    .toString('latin1')
    .replaceAll(/[\u0080-\u009f]/g, (c) => WINDOWS_1252[c.charCodeAt(0) - 0x80] ?? c);
  return { text, encoding: 'Windows-1252' };
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

/**
 * The same for settings and secrets, which are never refused for their bytes, and where a guess may harm: UTF-16 by its mark alone, as PowerShell 5 writes
 * it for `>`; else UTF-8. Bytes that are none are taken for Windows-1252 only where the whole text may be that: one old comment in a file of
 * UTF-8 spoils nothing but itself.
 */
export function textOfBytes(bytes: Buffer): string {
  if (markOf(bytes) === 'LE') return withoutMark(bytes.toString('utf16le'));
  if (markOf(bytes) === 'BE')
    return withoutMark(
      Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le'),
    );
  const text = bytes.toString('utf8');
  if (!text.includes('\uFFFD') || /[^\u0000-\u007f\uFFFD]/.test(text)) return withoutMark(text);
  const old = windows1252(bytes);
  return 'text' in old ? old.text : text;
}
