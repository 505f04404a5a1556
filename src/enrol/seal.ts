import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What both sides make of a word: 64 hexadecimal signs, which is one block of SHA-256. So the laptop's script can do HMAC (RFC 2104) with `tr`
 * and `sha256sum` alone: not every Linux has openssl, and its `-hmac` would show the key among the arguments.
 */
export function keyOf(word: string): string {
  return createHash('sha256').update(`kmon-enrol ${word}`).digest('hex');
}

/** The text with its last line `seal …`: HMAC-SHA256 over all lines before. The text ends with a line break. */
export function sealed(key: string, text: string): string {
  return `${text}seal ${sealOf(key, text)}\n`;
}

/** What is sealed, without the seal; `undefined` where the seal is not of this key. Takes as long for every wrong one. */
export function unsealed(key: string, text: string): string | undefined {
  const [, body, seal] = /^([\s\S]*\n)seal ([0-9a-f]{64})\n$/.exec(text) ?? [];
  if (body === undefined || seal === undefined) return undefined;
  return isSealOf(seal, key, body) ? body : undefined;
}

/** Whether a seal is of this text, and this key. Takes as long for every wrong one. */
export function isSealOf(seal: string, key: string, text: string): boolean {
  return /^[0-9a-f]{64}$/.test(seal) && timingSafeEqual(Buffer.from(seal), Buffer.from(sealOf(key, text)));
}

export function sealOf(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
