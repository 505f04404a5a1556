import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { languageOf, pageHtml, styleHash, systemOf } from '../../../src/enrol/page.js';
import type { SystemFacts } from '../../../src/enrol/page.js';
import { checkOf, fetchFor, laptopScript, lineFor } from '../../../src/enrol/script.js';

const text = (name: string): string =>
  readFileSync(new URL(`../../../templates/enrol/${name}`, import.meta.url), 'utf8');
const facts = {
  page: 'http://192.0.2.1:8642',
  session: 'f'.repeat(32),
  room: `it's $(touch /tmp/owned)`,
  by: 'ada@desk',
  roomId: 'abc-123',
};
const script = laptopScript(text('letters.sh') + text('laptop.sh'), facts);
const line = lineFor(facts.page, script);
const GUESTS: readonly SystemFacts[] = (['windows', 'macos', 'linux'] as const).map((system) => ({
  system,
  by: 'guest',
  line: `line of "${system}" & <more>`,
  leave: `leave ${system}`,
}));
const page = (
  language: 'en' | 'fr',
  guests: readonly SystemFacts[] = [],
  system: 'windows' | 'macos' | 'linux' = 'linux',
): string =>
  pageHtml(
    {
      frame: text(`page.${language}.html`),
      itself: text(`itself.${language}.html`),
      guest: text(`guest.${language}.html`),
      style: text('page.css'),
    },
    {
      room: '<script>alert("1")</script>&amp;',
      by: "o'hara@desk",
      line,
      fetch: fetchFor(facts.page),
      guests,
    },
    system,
  );

describe.each(['en', 'fr'] as const)('the page in %s', (language) => {
  it('has every value, made harmless', () => {
    const html = page(language);
    expect(html).not.toContain('${');
    expect(html).not.toMatch(/<script/i);
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;');
    expect(html).toContain('o&#39;hara@desk');
    expect(html).toContain('sudo sh /var/lib/kmon/leave.sh');
    expect(html).toContain('wget 192.0.2.1:8642/kmon.sh');
  });

  it('shows the line as it is to be pasted', () => {
    const [, shown = ''] = /<pre id="line">([^<]*)<\/pre>/.exec(page(language)) ?? [];
    const decoded = shown
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
    expect(decoded).toBe(line);
  });

  it('has a line of what every sha256sum understands', () => {
    expect(line).toContain('sha256sum -c >/dev/null &&');
    expect(line).not.toContain('--quiet');
  });

  it('loads nothing, asks for nothing, and has the style that is allowed', () => {
    const html = page(language);
    expect(html).not.toMatch(/\b(?:src|action|onclick|style)=|<(?:form|input|link|img|iframe)\b/);
    expect([...html.matchAll(/href="([^"]*)"/g)].map((m) => m[1])).toEqual([
      language === 'en' ? '/fr' : '/en',
    ]);
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(html) ?? [];
    expect(styleHash(style)).toBe(styleHash(text('page.css')));
  });

  it('does not show the number of the script, which is for the screen of the teacher', () => {
    const html = page(language).replaceAll(/<pre id="line">[^<]*<\/pre>/g, '');
    expect(html).not.toContain(checkOf(script));
    expect(html).not.toContain(checkOf(script).replaceAll(' ', ''));
  });
});

describe.each(['en', 'fr'] as const)('the page in %s for laptops with a guest', (language) => {
  it.each(['windows', 'macos', 'linux'] as const)('has that of the browser first: %s', (system) => {
    const html = page(language, GUESTS, system);
    const parts = [...html.matchAll(/<section id="([a-z-]+)">/g)].map((m) => m[1]);
    expect(parts.toSorted()).toEqual(['linux', 'linux-guest', 'macos', 'windows']);
    expect(parts[0]).toBe(system);
    const links = [...html.matchAll(/href="#([a-z-]+)"/g)].map((m) => m[1]);
    expect(links).toEqual(parts);
    expect(html).not.toContain('${');
  });

  it('has each line, made harmless, and the way back', () => {
    const html = page(language, GUESTS);
    for (const { system } of GUESTS) {
      const id = system === 'linux' ? 'linux-guest' : system;
      expect(html).toContain(`<pre id="line-${id}">line of &quot;${system}&quot; &amp; &lt;more&gt;</pre>`);
      expect(html).toContain(`<pre>leave ${system}</pre>`);
    }
    expect(html).not.toMatch(/\b(?:src|action|onclick|style)=|<(?:form|input|link|img|iframe)\b/);
  });
});

describe('the system of a browser', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36', 'windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 'macos'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101', 'linux'],
    ['', 'linux'],
  ])('that says %j is %s', (agent, system) => {
    expect(systemOf(agent)).toBe(system);
  });
});

describe('the language', () => {
  it.each([
    ['fr-FR,fr;q=0.9,en;q=0.8', 'fr'],
    ['en-US,en;q=0.9,fr;q=0.8', 'en'],
    ['de-DE, fr;q=0.5', 'fr'],
    ['de', 'en'],
    ['', 'en'],
    ['*', 'en'],
  ])('of %s is %s', (said, language) => {
    expect(languageOf(said)).toBe(language);
  });
});

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe('the script', () => {
  it.each(['dash', 'bash', 'busybox'])('is one for %s', (shell) => {
    const { stderr, error } = spawnSync(shell, [...(shell === 'busybox' ? ['sh'] : []), '-n'], {
      encoding: 'utf8',
      input: script,
    });
    if (error === undefined) expect(stderr).toBe('');
  });

  it.runIf(has('shellcheck'))('pleases shellcheck', () => {
    const plain = laptopScript(text('letters.sh') + text('laptop.sh'), { ...facts, room: 'atelier-1' });
    const { stdout, status } = spawnSync('shellcheck', ['-s', 'sh', '-'], {
      encoding: 'utf8',
      input: plain,
    });
    expect([stdout, status]).toEqual(['', 0]);
  });

  it('quotes its values', () => {
    const { stdout } = spawnSync('sh', {
      encoding: 'utf8',
      input: script.replace(/\nmain "\$@"\n$/, '\nprintf %s "$ROOM"\n'),
    });
    expect(stdout).toBe(facts.room);
    expect(existsSync('/tmp/owned')).toBe(false);
  });

  it('does nothing when its end is missing', () => {
    const half = script.slice(0, script.lastIndexOf('main'));
    expect(spawnSync('sh', { encoding: 'utf8', input: half })).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('has a number of 64 bits, that sha256sum prints first', () => {
    const sum = createHash('sha256').update(script).digest('hex');
    expect(checkOf(script)).toMatch(/^[0-9a-f]{4}( [0-9a-f]{4}){3}$/);
    expect(sum.startsWith(checkOf(script).replaceAll(' ', ''))).toBe(true);
  });
});

describe('the line', () => {
  /** Pasted into a shell, with stand-ins for what fetches and for sudo, which tells what it was to run. */
  function paste(
    shell: string,
    served: string,
    fetches: 'curl' | 'wget',
  ): { readonly status: number | null; readonly stdout: string; readonly left: string } {
    const dir = mkdtempSync(join(tmpdir(), 'kmon-line-'));
    try {
      const file = join(dir, 'served');
      writeFileSync(file, served);
      const stand = (name: string, body: string): void => {
        writeFileSync(join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      };
      stand('curl', fetches === 'curl' ? `[ "$4" = -o ] && cp ${file} "$5"` : 'echo no >&2; exit 127');
      stand('wget', fetches === 'wget' ? `[ "$3" = -O ] && cp ${file} "$4"` : 'exit 4');
      stand('sudo', '[ "$1" = sh ] && printf "ran "; wc -c <"$2"');
      const { status, stdout } = spawnSync(shell, ['-c', line], {
        encoding: 'utf8',
        env: { PATH: `${dir}:${process.env['PATH'] ?? ''}`, TMPDIR: dir },
      });
      return { status, stdout, left: spawnSync('sh', ['-c', `ls ${dir}`], { encoding: 'utf8' }).stdout };
    } finally {
      rmSync(dir, { recursive: true });
    }
  }
  const shells = ['dash', 'bash', 'zsh', 'fish', 'ksh'].filter(has);

  it.each(shells.flatMap((shell) => [[shell, 'curl'] as const, [shell, 'wget'] as const]))(
    'runs the script from %s by %s',
    (shell, fetches) => {
      expect(paste(shell, script, fetches)).toEqual({
        status: 0,
        stdout: `ran ${Buffer.byteLength(script)}\n`,
        left: 'curl\nserved\nsudo\nwget\n',
      });
    },
  );

  it.each([
    ['changed', script.replace('kmon', 'kmom')],
    ['cut', script.slice(0, 1000)],
    ['empty', ''],
    ['longer', `${script}\n`],
  ])('runs none that is %s', (_, served) => {
    const { status, stdout, left } = paste('dash', served, 'curl');
    expect(status).not.toBe(0);
    expect(stdout).not.toContain('ran');
    expect(left).toBe('curl\nserved\nsudo\nwget\n');
  });

  it('is one line without a tab', () => {
    expect(line).not.toMatch(/[\n\t]/);
  });
});
