import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Parcel } from './parcel.js';

/** Writes the beginning of the answer, and gives what of the parcel has to follow. */
export function answer({ headers }: IncomingMessage, response: ServerResponse, parcel: Parcel): Readable {
  const { type, lastModified, sizeBytes } = parcel.label;
  if (lastModified !== undefined) response.setHeader('last-modified', lastModified);
  if (isKnown(headers['if-modified-since'], lastModified)) {
    response.writeHead(304);
    return Readable.from([]);
  }
  response.setHeader('content-type', type ?? 'application/octet-stream');
  const range = sizeBytes === undefined ? undefined : rangeOf(headers.range, sizeBytes);
  if (sizeBytes === undefined || range === undefined) {
    response.writeHead(200, sizeBytes === undefined ? {} : { 'content-length': sizeBytes });
    return parcel.read();
  }
  const { from, to } = range;
  response.writeHead(206, {
    'content-length': to - from,
    'content-range': `bytes ${from}-${to - 1}/${sizeBytes}`,
  });
  return parcel.read(from, to);
}

/** A no whose reason stands in the status line too: apt shows nothing else. */
export function refuse(response: ServerResponse, status: number, reason: string): void {
  // Nothing that ends the line, or that HTTP does not take there.
  const line = reason.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
  response.writeHead(status, line, { 'content-type': 'text/plain' });
  response.end(`${line}\n`);
}

/** Who has it from before and says so need not have it again. */
function isKnown(since: string | undefined, lastModified: string | undefined): boolean {
  if (since === undefined || lastModified === undefined) return false;
  return Date.parse(since) >= Date.parse(lastModified);
}

/** Who was cut off goes on where it stood: one range, with a beginning. Everything else is answered as if nothing had been said. */
function rangeOf(written: string | undefined, sizeBytes: number) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(written ?? '') ?? [];
  if (first === undefined) return undefined;
  const from = Number(first);
  const to = last === undefined || last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  return from < to ? { from, to } : undefined;
}
