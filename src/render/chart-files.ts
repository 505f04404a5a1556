import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser } from 'tar/parse';
import type { ReadEntry } from 'tar/read-entry';

/**
 * The text files of a chart's archive (.tgz), by their paths in it, such as "kube-prometheus-stack/values.yaml"; only those that `wanted` says.
 * Rejects for what is no archive.
 */
export async function chartFiles(
  archive: Buffer,
  wanted: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const parser = new Parser({ strict: true });
  parser.on('entry', (entry: ReadEntry) => {
    const path = entry.path.replace(/^\.\//, '');
    if (entry.type !== 'File' || !wanted(path)) {
      entry.resume();
      return;
    }
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => found.set(path, Buffer.concat(chunks).toString('utf8')));
  });
  await pipeline(Readable.from([archive]), parser);
  return found;
}
