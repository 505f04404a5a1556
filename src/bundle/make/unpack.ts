import { createWriteStream } from 'node:fs';
import { list } from 'tar/list';
import type { ReadEntry } from 'tar/read-entry';
import { KmonError } from '../../errors/kmon-error.js';

/** Takes files out of a gzipped tar: each member to the file that it is to be. @throws KmonError `precondition` when one is not in it */
export async function unpack(
  archive: string,
  members: ReadonlyMap<string, string>,
  called: string,
): Promise<void> {
  const written = new Map<string, Promise<void>>();
  await list({
    file: archive,
    onReadEntry: (entry) => {
      const member = entry.path.replace(/^\.\//, '');
      const target = members.get(member);
      if (target === undefined || entry.type !== 'File') entry.resume();
      else written.set(member, write(entry, target));
    },
  });
  await Promise.all(written.values());
  const lacking = [...members.keys()].filter((member) => !written.has(member));
  if (lacking.length > 0)
    throw new KmonError('precondition', `${called} has no ${lacking.join(', ')} in it`, {
      hint: 'this kmon knows another layout of that release: report it',
    });
}

function write(entry: ReadEntry, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const file = createWriteStream(target, { mode: 0o755 });
    file.on('finish', resolve);
    file.on('error', reject);
    entry.pipe(file);
  });
}
