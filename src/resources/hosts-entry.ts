import { KmonError } from '../errors/kmon-error.js';
import { changes, inOrder, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { replaceFile, unfinishedName } from '../shell/replace-file.js';
import { Fields, fromBase64 } from './fields.js';
import type { Resource } from './resource.js';

export type HostsEntryParams = {
  /** Name of the block; several of them live side by side. `kmon` when absent, as in ledgers of before. */
  readonly block?: string;
  readonly entries: readonly { readonly address: string; readonly names: readonly string[] }[];
};

/**
 * `block`: the lines between kmon's markers. `sha256` is of the whole file, `bare` of the file without a line feed at its end: by them
 * a file that had none is recognised. `unfinished`: a change was cut off, and what it wrote with is still there.
 */
export type HostsState = {
  readonly block: string | null;
  readonly sha256: string;
  readonly bare: string;
  readonly unfinished: boolean;
};

const PATH = '/etc/hosts';
/** How it was, while it is written in place: a cut then would leave half of it. */
const OLD = '/etc/.hosts.kmon-old';
const TEMPORARY = [unfinishedName(PATH), OLD, unfinishedName(OLD)];

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
    satisfied: (now) => now.block === wanted && !now.unfinished,
    change: (now) => {
      if (now.sha256 === '') {
        throw new KmonError('precondition', 'there is no /etc/hosts', { hint: 'make an empty /etc/hosts' });
      }
      const block = `${begin}\n${wanted}${end}\n`;
      return rewrite(changes`{ ${withoutBlock(params)}; printf %s ${block}; }`, changes`:`);
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
fi
for t in ${TEMPORARY}; do if [ -e "$t" ] || [ -L "$t" ]; then echo unfinished; break; fi; done`,
    parse: (result) => {
      const fields = new Fields(result, ['sha256', 'bare', 'block', 'unfinished']);
      return {
        block: fields.has('block') ? fromBase64(fields.one('block')) : null,
        sha256: fields.has('sha256') ? fields.one('sha256') : '',
        bare: fields.has('bare') ? fields.one('bare') : '',
        unfinished: fields.has('unfinished'),
      };
    },
    restore: (found, now) => {
      if (now.block === null && !now.unfinished) {
        const feedIsOurs = now.sha256 !== found.sha256 && now.bare === found.sha256;
        return feedIsOurs ? rewrite(changes`printf %s "$(cat "$p")"`, changes`:`) : 'nothing';
      }
      // A block that was there before the ledger began (an earlier one was lost) is kmon's all the same.
      return rewrite(
        changes`if grep -qxF ${begin} "$p"; then ${withoutBlock(params)}; else cat -- "$p"; fi`,
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
END { if (inside) printf "%s", held }' "$p"`;
}

function markers({ block = 'kmon' }: HostsEntryParams): Readonly<Record<'name' | 'begin' | 'end', string>> {
  if (!/^kmon(-[a-z]+)?$/.test(block)) throw new TypeError(`not the name of a block: ${block}`);
  return { name: block, begin: `# BEGIN ${block}`, end: `# END ${block}` };
}

/** `content` prints the new text; `finish` has the last word on it. What is the same already is not written: that may be forbidden. */
function rewrite(content: Command<'changes'>, finish: Command<'changes'>): Command<'changes'> {
  const replace = replaceFile({
    path: PATH,
    make: changes`cp -p -- "$p" "$n"
{ ${content}; } >"$n"
${finish}`,
    place: changes`sync -- "$n"
if ! cmp -s -- "$n" "$p" && { [ -L "$p" ] || ! mv -f -- "$n" "$p" 2>/dev/null; }; then
  trap ${recover.script} EXIT
  ${replaceFile({ path: OLD, make: changes`cp -p -- ${PATH} "$n"` })}
  cat -- "$n" >"$p"
  sync -- "$p"
  rm -f -- ${OLD}
fi`,
  });
  return inOrder([recover, replace]);
}

/** Ends a change that was cut off. The beginning of what was to be written in place is taken back; anything else somebody has written since. */
const recover = changes`(
set -e
p=${PATH} n=${unfinishedName(PATH)} o=${OLD}
if [ -e "$o" ]; then
  if ! cmp -s -- "$o" "$p" && cmp -s -n "$(stat -L -c %s -- "$p")" -- "$p" "$n"; then cat -- "$o" >"$p"; sync -- "$p"; fi
fi
rm -f -- ${TEMPORARY}
)`;

function plain(word: string): string {
  if (!/^[A-Za-z0-9.:-]+$/.test(word)) throw new TypeError(`not an address or a host name: ${word}`);
  return word;
}
