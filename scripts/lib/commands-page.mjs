// docs/commands.md: what `--help` of every command says.
import { execFileSync } from 'node:child_process';

const INTRODUCTION = `# Commands

[All pages](README.md)

This page is made from what the program itself says by \`scripts/docs\`. How the commands belong together is told in
[the lesson](teacher.md) and in [rehearsal](rehearsal.md).`;

/** @param program bin/kmon.js of a built kmon */
export function commandsPage(program) {
  const help = (...words) =>
    execFileSync(process.execPath, [program, ...words, '--help'], { encoding: 'utf8' });
  const parts = [INTRODUCTION, block(help())];
  for (const name of commandsIn(help())) {
    const below = commandsIn(help(name));
    const commands = below.length > 0 ? below.map((word) => [name, word]) : [[name]];
    for (const words of commands) parts.push(`## kmon ${words.join(' ')}`, block(help(...words)));
  }
  return `${parts.join('\n\n')}\n`;
}

/** The names in the list of commands of a help text. */
export function commandsIn(help) {
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1]);
}

function block(text) {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
