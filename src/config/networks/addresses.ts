import { isIPv4 } from 'node:net';
import { REACHABLE_ADDRESS } from '../names.js';
import { showText } from '../mistakes/problems.js';
import { parseSubnet } from './subnet.js';

const DASH = '[-\u2010-\u2015\u2212]';

/** From one address or last number to another, with blanks around the dash or without: `192.168.1.11-14`, `192.168.1.11 à 192.168.1.14`. */
export const SPAN = `[\\d.]*\\d(?:\\s*${DASH}\\s*|\\s+(?:à|to)\\s+)\\d[\\d.]*`;

const ENDS = new RegExp(`^([\\d.]*\\d)(?:\\s*${DASH}\\s*|\\s+(?:à|to)\\s+)(\\d[\\d.]*)$`);
const LAST_NUMBER = /^\d{1,3}$/;

/** Names have no dot. `:` is for IPv6, `/` for a subnet: both are refused by name. */
export function looksLikeAddress(text: string): boolean {
  return /^\d.*[./]/.test(text) || (text.includes(':') && !isMac(text));
}

/** The hardware address of a network card: never that of a machine here, though it looks like IPv6. */
export function isMac(text: string): boolean {
  return /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text);
}

/** Last numbers alone, where the network is clear from the rest: `11 - 14`. */
export function isShortRange(text: string): boolean {
  const [, from = '', to = ''] = ENDS.exec(text) ?? [];
  return LAST_NUMBER.test(from) && LAST_NUMBER.test(to);
}

/** The same, or the last number of one address. */
export function isShort(text: string): boolean {
  return LAST_NUMBER.test(text) || isShortRange(text);
}

/**
 * The addresses of a word, or what is wrong with it. It may be a range whose ends differ in their last number: `192.168.1.11-14` or
 * `192.168.1.11-192.168.1.14`.
 *
 * @param network its first three numbers, where last numbers alone stand for addresses too
 */
export function readAddresses(word: string, network?: string): readonly string[] | string {
  const [, from, to] = ENDS.exec(word) ?? [];
  if (from === undefined || to === undefined) {
    return readAddress(LAST_NUMBER.test(word) && network !== undefined ? `${network}.${word}` : word);
  }
  const first = LAST_NUMBER.test(from) && network !== undefined ? `${network}.${from}` : from;
  const net = networkOf(first);
  const last = LAST_NUMBER.test(to) ? `${net}.${to}` : to;
  for (const end of [first, last]) {
    const read = readAddress(end);
    if (typeof read === 'string') return end === word ? read : `${word}: ${read}`;
  }
  if (net !== networkOf(last)) return `${word} goes beyond the last number: write one range for each network`;
  const [begin, end] = [lastNumber(first), lastNumber(last)];
  if (begin > end) return `${word} ends before it begins`;
  return Array.from({ length: end - begin + 1 }, (_, i) => `${net}.${begin + i}`);
}

/** Several addresses in one word, as lists have them: a range, or a network. */
export function isRange(text: string): boolean {
  return ENDS.test(text) || /^[\d.]+\/\d+$/.test(text);
}

/** The first three numbers of an address. */
export function networkOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf('.')));
}

function lastNumber(address: string): number {
  return Number(address.slice(address.lastIndexOf('.') + 1));
}

function readAddress(word: string): readonly string[] | string {
  if (REACHABLE_ADDRESS.test(word)) return [word];
  if (isIPv4(word)) return `${word} is no address of another computer`;
  const [, address = '', bits] = /^([\d.]+)\/(\d+)$/.exec(word) ?? [];
  if (bits !== undefined && parseSubnet(word) === undefined && REACHABLE_ADDRESS.test(address))
    return `${word} must be written without the /${bits}: ${address}`;
  if (bits !== undefined) return `${word} is a network: write a range, such as 192.168.1.11-14`;
  return `${showText(word)} is no IPv4 address`;
}
