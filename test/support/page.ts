import { readFileSync, readdirSync, statSync } from 'node:fs';
import { posix } from 'node:path';

const ROOT = new URL('../../', import.meta.url);

/** The text of a file of this project, by its path from the root. */
export function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** Whether there is a file, or a folder. */
export function isThere(path: string): boolean {
  return statSync(new URL(path, ROOT), { throwIfNoEntry: false }) !== undefined;
}

/** Every file below a folder, as a path from the root. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      posix.join(folder, posix.relative(new URL(folder, ROOT).pathname, entry.parentPath), entry.name),
    )
    .sort();
}

/** A Markdown page, as far as what it says can be held against the program. */
export interface Page {
  /** From the root. */
  readonly path: string;
  readonly text: string;
  readonly headings: readonly { readonly depth: number; readonly anchor: string }[];
  readonly blocks: readonly { readonly language: string; readonly lines: readonly string[] }[];
  /** What stands in backticks in the prose, its tables included. */
  readonly words: readonly string[];
  readonly links: readonly Link[];
  /** The rows of the first table below a heading, without its head; each row as its cells. */
  rowsBelow(anchor: string): readonly (readonly string[])[];
}

export interface Link {
  readonly written: string;
  /** From the root; the page itself for a bare `#anchor`. */
  readonly path: string;
  readonly anchor: string | undefined;
}

/** Reads a page. Links to other sites are left out. */
export function pageAt(path: string): Page {
  const text = textOf(path);
  const blocks: { language: string; lines: string[] }[] = [];
  const prose: string[] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      if (!inside) blocks.push({ language: line.slice(3), lines: [] });
      inside = !inside;
    } else if (inside) blocks.at(-1)?.lines.push(line);
    else prose.push(line);
  }
  return {
    path,
    text,
    blocks,
    headings: prose.flatMap((line) => {
      const [, marks = '', title = ''] = /^(#+) (.*)$/.exec(line) ?? [];
      return marks === '' ? [] : [{ depth: marks.length, anchor: anchorOf(title) }];
    }),
    words: [...prose.join('\n').matchAll(/`([^`\n]+)`/g)].map((m) => m[1] ?? ''),
    links: [...prose.join('\n').matchAll(/\]\(([^)\s]+)\)/g)]
      .map((m) => m[1] ?? '')
      .filter((written) => !/^[a-z]+:/.test(written))
      .map((written) => linkOf(written, path)),
    rowsBelow: (anchor) => rowsBelow(prose, anchor),
  };
}

function linkOf(written: string, from: string): Link {
  const [file = '', anchor] = written.split('#');
  return { written, anchor, path: file === '' ? from : posix.join(posix.dirname(from), file) };
}

/** As GitHub makes it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function rowsBelow(prose: readonly string[], anchor: string): readonly (readonly string[])[] {
  const from = prose.findIndex((line) => /^#+ /.test(line) && anchorOf(line.replace(/^#+ /, '')) === anchor);
  if (from < 0) throw new Error(`there is no heading #${anchor}`);
  const below = prose.slice(from + 1);
  const table = below.slice(below.findIndex((line) => line.startsWith('|')));
  const end = table.findIndex((line) => !line.startsWith('|'));
  return table.slice(2, end < 0 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}
