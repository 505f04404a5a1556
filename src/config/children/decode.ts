import { decodeText } from '../../here/decode-text.js';
import type { DecodedText, NoText } from '../../here/decode-text.js';

/** Why the bytes of a list are no text, and the one thing to do about it. */
export interface NoSheet extends NoText {
  readonly remedy: string;
}

const AS_CSV = 'save it as CSV (File, Save As, "CSV UTF-8" or "Text CSV") and give that file';

/** The text of a list of children, as editors and spreadsheet programs write it. */
export function decodeSheet(bytes: Buffer): DecodedText | NoSheet {
  const decoded = isWorkbook(bytes)
    ? { mistake: 'it is the workbook of a spreadsheet program, no text' }
    : decodeText(bytes);
  return 'mistake' in decoded ? { ...decoded, remedy: AS_CSV } : decoded;
}

/** By the first bytes: a zip (.xlsx, .ods), or what Office wrote before it (.xls). */
function isWorkbook(bytes: Buffer): boolean {
  return [Buffer.from('PK\u0003\u0004', 'latin1'), Buffer.from([0xd0, 0xcf, 0x11, 0xe0])].some((magic) =>
    bytes.subarray(0, 4).equals(magic),
  );
}
