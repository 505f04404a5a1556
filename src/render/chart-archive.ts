import { create } from 'tar/create';
import { templatePath } from './templates.js';

/**
 * A chart of kmon's own as the .tgz that helm installs. The same chart gives the same bytes on every computer (no times, no owners), so
 * that its digest tells whether something changed.
 */
export async function chartArchive(folder: string, chart: string): Promise<Buffer> {
  const stream = create(
    { gzip: true, portable: true, noMtime: true, cwd: templatePath(folder), prefix: chart },
    ['.'],
  );
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
