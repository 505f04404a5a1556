import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/index.js';
import { flagsOf, unknownIn } from '../../support/command-lines.js';

const SRC = join(import.meta.dirname, '../../../src');

/** A text in the source; what is put into it stands as `…`. */
interface Text {
  readonly where: string;
  readonly text: string;
  /** It is the remedy of a failure. */
  readonly isHint: boolean;
}

function textsIn(path: string): readonly Text[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(SRC, path), 'utf8'),
    ts.ScriptTarget.ES2023,
    true,
  );
  const found: Text[] = [];
  const visit = (node: ts.Node, isHint: boolean): void => {
    const inHint =
      isHint || (ts.isPropertyAssignment(node) && /^(hint|say|remedy)$/.test(node.name.getText(source)));
    const where = `${path}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
    if (ts.isStringLiteralLike(node)) found.push({ where, text: node.text, isHint: inHint });
    if (ts.isTemplateExpression(node)) {
      const text = node.head.text + node.templateSpans.map((s) => `…${s.literal.text}`).join('');
      found.push({ where, text, isHint: inHint });
    }
    ts.forEachChild(node, (child) => {
      visit(child, inHint);
    });
  };
  visit(source, false);
  return found;
}

const TEXTS = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  // The scripts for shells are for no person.
  .filter((name) => name.endsWith('.ts') && !name.startsWith('cli/completion/'))
  .toSorted()
  .flatMap(textsIn);

/** What may follow the name where it is no command: words of a sentence, and what other programs are told. */
const SENTENCE =
  /^(again|and|asks|brings|calls|cannot|can|could|did|does|files|found|has|in|installs|is|itself|knows|leaves|makes|never|prepares|runs|sees|tells|that|uses|waits|was|wants|with|wrote|writes|--force-conflicts|--why)\b/;

const EVERY_FLAG = new Set(COMMANDS.flatMap(flagsOf));

/**
 * `kmon …` in texts, up to the end of what would be typed. A command that is itself put in is not seen here: the tests of its place hold it to
 * the letter.
 */
function named(texts: readonly Text[]): readonly { readonly where: string; readonly line: string }[] {
  return texts.flatMap(({ where, text }) =>
    [...text.matchAll(/(?<![\w./:=-])kmon ([a-z-][^`,;:)(\n]*)/g)]
      .map((m) => ({ where, line: (m[1] ?? '').trim() }))
      .filter(({ line }) => !SENTENCE.test(line)),
  );
}

function mistakes({ where, line }: { readonly where: string; readonly line: string }): readonly string[] {
  return unknownIn(`kmon ${line}`).map((mistake) => `${where}: ${mistake}`);
}

describe('what people are told to type', () => {
  it('are commands and flags that exist', () => {
    const lines = named(TEXTS);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.flatMap(mistakes)).toEqual([]);
  });

  it('are flags of kmon where no other program is named', () => {
    const others = /\b(sudo|kubectl|apt-get|podman|docker|dpkg|VBoxManage)\b[^`)]*/g;
    const wrong = TEXTS.filter((t) => t.isHint).flatMap(({ where, text }) =>
      (text.replace(others, '').match(/(?<!\w)--[a-z][a-z-]+/g) ?? [])
        .filter((flag) => !EVERY_FLAG.has(flag))
        .map((flag) => `${where}: ${flag}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the rule itself', () => {
  const told = (text: string): readonly string[] =>
    named([{ where: 'x', text, isHint: true }]).flatMap(mistakes);

  it.each([
    'run `kmon join-child --only …` again',
    'start over: kmon lab down, then kmon lab up',
    'to do it without a terminal: kmon teardown --yes --room …',
    'use the version of kmon that wrote it, and run kmon again',
    '(kmon status; sudo journalctl -u kubelet there)',
    '(kmon --help tells the workshop)',
  ])('takes "%s"', (text) => {
    expect(told(text)).toEqual([]);
  });

  it.each([
    ['run `kmon join-children` again', 'x: there is no kmon join-children'],
    ['run kmon reset', 'x: there is no kmon reset'],
    ['run `kmon lab start`', 'x: there is no kmon lab start'],
    ['run `kmon status --room …`', 'x: kmon status has no --room'],
    ['run kmon lab down --force', 'x: kmon lab down has no --force'],
  ])('does not take "%s"', (text, mistake) => {
    expect(told(text)).toEqual([mistake]);
  });
});
