import { KmonError } from '../errors/kmon-error.js';
import { changes, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { Fields, fromBase64 } from './fields.js';
import type { Resource } from './resource.js';

export type HostsEntryParams = {
  /** Name of the block; several of them live side by side. `kmon` when absent, as in ledgers of before. */
  readonly block?: string;
  readonly entries: readonly { readonly address: string; readonly names: readonly string[] }[];
};

/**
 * `block`: the lines between kmon's markers. `sha256` is of the whole file, `bare` of the file without a line feed at its end: by them
 * a file that had none is recognised.
 */
export type HostsState = {
  readonly block: string | null;
  readonly sha256: string;
  readonly bare: string;
};

const PATH = '/etc/hosts';

/**
 * kmon's block in /etc/hosts. What others write outside it is kept; without it the file is as found, to the byte. Written in place
 * where the file cannot be renamed over: in containers it is a bind mount, elsewhere it may be a link.
 */
export function hostsEntry(params: HostsEntryParams): Resource<HostsState> {
  const lines = params.entries.map((e) => [e.address, ...e.names].map(plain).join(' '));
  const wanted = lines.map((l) => `${l}\n`).join('');
  const { begin, end } = markers(params);
  return {
    ...hostsBlock(params),
    satisfied: (now) => now.block === wanted,
    change: (now) => {
      if (now.sha256 === '') {
        throw new KmonError('precondition', 'there is no /etc/hosts', { hint: 'make an empty /etc/hosts' });
      }
      const block = `${begin}\n${wanted}${end}\n`;
      return rewrite(changes`{ ${withoutBlock(params)}; printf %s ${block}; }`);
    },
    describe: () => `name ${params.entries.flatMap((e) => e.names).join(', ')} in /etc/hosts`,
  };
}

/** The part that gives back; any parameters do, since the markers say what is kmon's. */
export function hostsBlock(params: HostsEntryParams) {
  const { begin, end, name } = markers(params);
  return {
    id: `hosts entry ${name}`,
    kind: 'hosts-entry',
    params,
    read: reads`f=${PATH}
if [ -f "$f" ]; then
  printf 'sha256 %s\nbare %s\n' "$(sha256sum <"$f" | cut -c1-64)" "$(printf %s "$(cat "$f")" | sha256sum | cut -c1-64)"
  if grep -qxF ${begin} "$f"; then
    printf 'block %s\n' "$(awk -v b=${begin} -v e=${end} '$0 == b { inside = 1; next } $0 == e { inside = 0 } inside' "$f" | base64 -w0)"
  fi
fi`,
    parse: (result) => {
      const fields = new Fields(result, ['sha256', 'bare', 'block']);
      return {
        block: fields.has('block') ? fromBase64(fields.one('block')) : null,
        sha256: fields.has('sha256') ? fields.one('sha256') : '',
        bare: fields.has('bare') ? fields.one('bare') : '',
      };
    },
    restore: (found, now) => {
      if (now.block === null) {
        const feedIsOurs = now.sha256 !== found.sha256 && now.bare === found.sha256;
        return feedIsOurs ? rewrite(changes`printf %s "$(cat "$f")"`) : 'nothing';
      }
      // A block that was there before the ledger began (an earlier one was lost) is kmon's all the same.
      return rewrite(
        withoutBlock(params),
        changes`if [ "$(head -c -1 -- "$n" | sha256sum | cut -c1-64)" = ${found.sha256} ]; then truncate -s -1 -- "$n"; fi`,
      );
    },
  } satisfies Omit<Resource<HostsState>, 'satisfied' | 'change' | 'describe'>;
}

/** Prints the file without the block, every line ended. A block whose end somebody removed loses its first line only. */
function withoutBlock(params: HostsEntryParams): Command<'changes'> {
  const { begin, end } = markers(params);
  return changes`awk -v b=${begin} -v e=${end} '
!inside && $0 == b { inside = 1; held = ""; next }
inside { held = held $0 "\n"; if ($0 == e) inside = 0; next }
{ print }
END { if (inside) printf "%s", held }' "$f"`;
}

function markers({ block = 'kmon' }: HostsEntryParams): Readonly<Record<'name' | 'begin' | 'end', string>> {
  if (!/^kmon(-[a-z]+)?$/.test(block)) throw new TypeError(`not the name of a block: ${block}`);
  return { name: block, begin: `# BEGIN ${block}`, end: `# END ${block}` };
}

function rewrite(content: Command<'changes'>, finish: Command<'changes'> = changes`:`): Command<'changes'> {
  return changes`(
set -e
f=${PATH} n=/etc/.hosts.kmon-new
cp -p -- "$f" "$n"
${content} >"$n"
${finish}
sync -- "$n"
if [ -L "$f" ] || ! mv -f -- "$n" "$f" 2>/dev/null; then cat -- "$n" >"$f"; sync -- "$f"; rm -f -- "$n"; fi
)`;
}

function plain(word: string): string {
  if (!/^[A-Za-z0-9.:-]+$/.test(word)) throw new TypeError(`not an address or a host name: ${word}`);
  return word;
}
