import { createHash } from 'node:crypto';
import { changes, inOrder, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { proxiesBack } from '../shell/proxies.js';
import type { ExecResult } from '../transport/transport.js';
import {
  emptyFoldersLeft,
  parsePath,
  readPath,
  printing,
  restorePath,
  sameOnDisk,
  writeFile,
} from './on-disk.js';
import type { PathState } from './on-disk.js';
import type { Resource, Reversible } from './resource.js';

export interface AptSourceParams {
  /** Lower case word: part of both file names. */
  readonly name: string;
  /** What follows `deb [signed-by=…]`: address, suite, components. */
  readonly line: string;
  /** The armoured key itself, or the https address the machine gets it from. */
  readonly key: string;
}

export type AptSourceState = { readonly list: PathState; readonly key: PathState };

/**
 * A source of packages in two files of kmon's own, `kmon-<name>.list` and its key, which only this source trusts. The key is fetched by
 * apt's own downloader, so that it takes the way apt's proxies say.
 */
export function aptSource(params: AptSourceParams): Resource<AptSourceState> {
  const { name, line, key } = params;
  const paths = pathsOf(name);
  const content = `# Written by kmon; \`kmon teardown\` removes it.\ndeb [signed-by=${paths.key}] ${line}\n`;
  const fetched = key.startsWith('https://');
  return {
    ...aptSourceFiles(name),
    satisfied: (now) =>
      isFile(now.list, sha256(content)) && isFile(now.key, fetched ? undefined : sha256(key)),
    change: () =>
      inOrder([
        writeFile({ ...OWN, path: paths.key, fill: fetched ? fetch(key) : printing(key) }),
        writeFile({ ...OWN, path: paths.list, fill: printing(content) }),
      ]),
    describe: () => `add the source of packages ${line}`,
  };
}

/** The part that gives back. The names of the files are kmon's own, so whatever they hold is. */
export function aptSourceFiles(name: string): Reversible<AptSourceState> {
  const paths = pathsOf(name);
  return {
    id: `apt source ${name}`,
    kind: 'apt-source',
    params: { name },
    read: reads`(${readPath(paths.list)}
) | sed 's/^/list /'
(${readPath(paths.key)}
) | sed 's/^/key /'`,
    parse: (result) => ({ list: parsePart('list', result), key: parsePart('key', result) }),
    restore: (found, now) => {
      const steps = [
        ...(isAsFound(found.list, now.list) ? [] : [restorePath(paths.list, found.list)]),
        ...(isAsFound(found.key, now.key) ? [] : [restorePath(paths.key, found.key)]),
      ];
      return steps.length === 0 ? 'nothing' : inOrder(steps);
    },
  };
}

const OWN = { mode: '0644', owner: 'root:root' } as const;

function pathsOf(name: string): { readonly list: string; readonly key: string } {
  if (!/^[a-z0-9-]+$/.test(name)) throw new TypeError(`not a name for a source of packages: ${name}`);
  return { list: `/etc/apt/sources.list.d/kmon-${name}.list`, key: `/etc/apt/keyrings/kmon-${name}.asc` };
}

/** Gets what is at an address as `"$n"`; fails unless it is an armoured key (a captive portal answers with a page of its own). */
function fetch(url: string): Command<'changes'> {
  return changes`(${proxiesBack}
/usr/lib/apt/apt-helper -qq download-file ${url} "$n" >&2)
grep -q 'BEGIN PGP PUBLIC KEY BLOCK' "$n" || { printf '%s does not give a key\n' ${url} >&2; exit 1; }`;
}

function parsePart(part: string, result: ExecResult): PathState {
  const lines = result.stdout.split('\n').filter((l) => l.startsWith(`${part} `));
  return parsePath({ ...result, stdout: lines.map((l) => l.slice(part.length + 1)).join('\n') });
}

function isFile({ what }: PathState, sum: string | undefined): boolean {
  return what.type === 'file' && what.mode === OWN.mode && (sum === undefined || what.sha256 === sum);
}

function isAsFound(found: PathState, now: PathState): boolean {
  return sameOnDisk(found.what, now.what) && !now.unfinished && emptyFoldersLeft(found, now).length === 0;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
