import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/index.js';
import { placesOf } from '../../../src/cli/completion/places.js';
import { powershellCompletion } from '../../../src/cli/completion/powershell.js';
import { runProgram } from '../../../src/cli/program.js';
import { quote } from '../../../src/shell/quote.js';
import { FakeIo } from './fake-io.js';

const FLAGS_OF_UP = [
  ...['--break-lock', '--config', '--dry-run', '--help', '--json', '--only', '--plain', '--yes'],
  ...['-c', '-h', '-y'],
];
const LONG = (flags: readonly string[]): readonly string[] => flags.filter((f) => f.startsWith('--'));

/** What is typed, and what a shell should offer then. */
const LINES: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['kmon ch', ['check']],
  ['kmon lab ', ['down', 'image', 'internet', 'link', 'sensors', 'status', 'up']],
  ['kmon lab l', ['link']],
  ['kmon config ', ['schema']],
  ['kmon teams ', ['card', 'list', 'remove']],
  ['kmon teams --d', ['--dry-run']],
  ['kmon teams remove --y', ['--yes']],
  ['kmon up --', LONG(FLAGS_OF_UP)],
  ['kmon up --only pc-11 --dry-run --pl', ['--plain']],
  ['kmon lab up --ch', ['--children']],
  ['kmon lab link child-2 ', ['down', 'up']],
  ['kmon open ', ['alertmanager', 'dashboard', 'grafana', 'prometheus']],
  ['kmon completion ', ['bash', 'fish', 'powershell', 'zsh']],
  ['kmon new --names ', ['hostname', 'place']],
  ['kmon new --names place --ke', ['--key']],
  ['kmon check --fix K-CL', ['K-CLOCK']],
  ['kmon new --bundle fo', ['folder']],
  ['kmon up -c fo', ['folder', 'four.yaml']],
  ['kmon status --yes', []],
  ['kmon up --only ', []],
  ['kmon xyz ', []],
];

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-completion-'));
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'four.yaml'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const io = new FakeIo();
    expect(await runProgram(['completion', shell], io)).toBe(0);
    writeFileSync(join(folder, `kmon.${shell}`), io.out.raw);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(program: string, ...args: readonly string[]): string {
  const env = { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb' };
  const { stdout, stderr, status } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;
const linesOf = (text: string): readonly string[] =>
  [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '').toSorted();

function bashOffers(line: string): readonly string[] {
  const words = line.split(' ').map(quote).join(' ');
  const script = `. ./kmon.bash; complete -p kmon >/dev/null
COMP_WORDS=(${words}) COMP_CWORD=${line.split(' ').length - 1}; _kmon; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return linesOf(run('bash', '--norc', '--noprofile', '-c', script));
}

/** Asks fish itself. It tells what a word is for behind a tab. */
function fishOffers(line: string): readonly string[] {
  const script = `source ./kmon.fish; complete -C ${quote(line)}`;
  const said = run('fish', '--no-config', '-c', script);
  return linesOf(said.replaceAll(/\t.*$/gm, '')).map((word) => word.replace(/\/$/, ''));
}

/** Types into a zsh at a terminal, and reads what it adds to its list of matches. */
function zshOffers(line: string): readonly string[] {
  const said = run(
    'zsh',
    '-f',
    '-c',
    `zmodload zsh/zpty
zpty z 'PS1= zsh -f -i'
zpty -w z 'stty -echo; PROMPT=; autoload -Uz compinit; compinit -C -d ./functions; source ./kmon.zsh
mark() { print -r -- @@ }
compprefuncs=(mark); comppostfuncs=(mark exit)
bindkey "^I" complete-word
zstyle ":completion:*" insert-tab false
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  [[ -n $hits ]] && print -rl -- $hits
  builtin compadd "$@"
}
print -r -- READY'
local said
while zpty -r z said; do [[ $said == *READY* ]] && break; done
zpty -w -n z ${quote(line)}$'\\t'
while zpty -r z said; do print -r -- "$said"; done
exit 0`,
  );
  return linesOf(said.split('@@')[1] ?? '').map((word) => word.replace(/[=/]$/, ''));
}

describe.skipIf(!isThere('bash'))('bash', () => {
  it.each(LINES)('offers behind "%s" what fits', (line, offers) => {
    expect(bashOffers(line)).toEqual(offers);
  });

  it('offers flags where nothing else can stand, short ones too', () => {
    expect(bashOffers('kmon up ')).toEqual(FLAGS_OF_UP);
    expect(bashOffers('kmon up --config = fo')).toEqual(['folder', 'four.yaml']);
    expect(bashOffers('kmon up --config =')).toContain('four.yaml');
  });
});

describe.skipIf(!isThere('fish'))('fish', () => {
  it.each(LINES)('offers behind "%s" what fits', (line, offers) => {
    expect(fishOffers(line)).toEqual(offers);
  });
});

describe.skipIf(!isThere('zsh'))('zsh', () => {
  it.each(LINES)('offers behind "%s" what fits', (line, offers) => {
    expect(zshOffers(line)).toEqual(offers);
  });
});

describe('PowerShell', () => {
  const script = powershellCompletion(placesOf(COMMANDS));

  it('has one line for each place, and for each flag with a value', () => {
    for (const { name, options } of COMMANDS) {
      expect(script).toMatch(new RegExp(`^    '?${name}'? = \\[ordered\\]@\\{ .* \\}$`, 'm'));
      for (const option of options.filter((o) => o.operand !== undefined))
        expect(script).toContain(`\n    '${name}:${option.flag}' = [ordered]@{ `);
    }
  });

  it('has no key twice in a table: PowerShell takes no account of case', () => {
    for (const table of script.match(/@\{ .* \}/g) ?? []) {
      const keys = [...table.matchAll(/(?<=[{;] )'((?:[^']|'')*)' =/g)].map((m) => m[1]?.toLowerCase());
      expect(new Set(keys).size, table).toBe(keys.length);
    }
  });
});

it('says in every script what wrote it', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const io = new FakeIo();
    expect(await runProgram(['completion', shell], io)).toBe(0);
    expect(io.out.raw).toMatch(new RegExp(`written by: kmon completion ${shell}\\n`));
    expect(io.out.raw.endsWith('\n')).toBe(true);
  }
});
