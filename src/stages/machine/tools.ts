import type { SentFile } from '../../artifacts/supply.js';
import { give, key } from '../../engine/results.js';
import type { Results } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { CHECKED } from './check.js';
import { putFile } from '../../tools/put-file.js';

/** Paths of what was copied in this run: a copy takes its place only when its checksum is right, so it is not read again. */
const COPIED = key<readonly string[]>('what was copied');

/**
 * Copies the programs and charts that have to be sent: only what the machine lacks, told by checksum. Nothing on the owner's PATH is touched.
 * Where packages bring the programs there is nothing to do. The network is busy with it while apt is busy with the disk.
 */
export const tools: Stage<readonly SentFile[]> = {
  id: 'tools',
  title: 'Copy the tools',
  after: CHECKED,
  on: 'all',
  apart: true,
  settleMs: 0,
  notes: () => [kmonFiles()],
  look: lackingFiles,
  foresee: wantedFiles,
  judge: (lacking, m) => {
    if (lacking.length > 0) return pending(`${lacking.length} missing or different`);
    return satisfied(wantedFiles(m).length === 0 ? 'packages bring them' : 'all there');
  },
  steps: (lacking) =>
    lacking.map((file): Step => ({
      at: 'machine',
      intent: describe(file),
      command: copyFile(file),
      abreast: true,
      gives: (so) => give(COPIED, [...(so.get(COPIED) ?? []), file.path]),
    })),
};

function wantedFiles({ machine, supply }: Context): readonly SentFile[] {
  return supply.sentTo(machine.role).files;
}

async function lackingFiles(m: Context, so: Results): Promise<readonly SentFile[]> {
  const copied = so.get(COPIED) ?? [];
  const wanted = wantedFiles(m).filter((f) => !copied.includes(f.path));
  if (wanted.length === 0) return [];
  const paths = wanted.map((f) => f.path);
  const result = await m.run.query(reads`sha256sum ${paths} 2>/dev/null || true`);
  const sums = new Map(result.stdout.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  return wanted.filter((f) => sums.get(f.path) !== f.sha256);
}

function describe({ name, version, sizeBytes, path }: SentFile): string {
  return `copy ${name} ${version} (${Math.ceil(sizeBytes / 1e6)} MB) to ${path}`;
}

function copyFile({ path, file, sha256, mode }: SentFile): Command<'changes'> {
  return putFile({ path, content: { file }, sha256, mode, timeoutMs: 900_000 });
}
