import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { askPages, parsePages } from '../../../src/apps/test-app/ask-pages.js';
import type { Asked, PagesHeard } from '../../../src/apps/test-app/ask-pages.js';
import { appRows, lackText, lackingIn } from '../../../src/apps/test-app/rows.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const page = (child: string, pod: string): string => `<b id="child">${child}</b> and <b id="pod">${pod}</b>`;

/** Serves these in turn, and tells its port. */
async function serving(...pages: readonly string[]): Promise<number> {
  let asked = 0;
  const server = createServer((_, answer) => {
    answer.end(pages[asked % pages.length]);
    asked += 1;
  });
  servers.push(server);
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ask(pods: readonly Asked[], machines: readonly Asked[]): Promise<PagesHeard> {
  const command = await askPages(pods, machines);
  assertShellSyntax(command);
  const program = spawn('sh', ['-c', command.script], { stdio: ['pipe', 'pipe', 'inherit'] });
  program.stdin.end(command.stdin);
  return parsePages(await text(program.stdout));
}

const at = (name: string, port: number): Asked => ({ name, address: '127.0.0.1', port });

describe('asking for pages', () => {
  it('hears of each pod which child its page names, and of each port which pods are behind it', async () => {
    const [one, two] = [page('pc-11', 'web-1'), page('pc-12', 'web-2')];
    const both = await serving(one, one, one, two);
    const heard = await ask(
      [at('web-1', await serving(one)), at('web-2', await serving(two))],
      [at('pc-10', both), at('pc-11', await serving(one))],
    );
    expect(heard.pods.get('web-2')).toMatchObject({ says: { child: 'pc-12' } });
    expect(heard.pods.get('web-1')?.milliseconds).toBeGreaterThan(0);
    expect(heard.machines.get('pc-10')).toEqual({ pods: new Set(['web-1', 'web-2']), troubles: [] });
    expect(heard.machines.get('pc-11')).toEqual({ pods: new Set(['web-1']), troubles: [] });
  });

  it('says why a page does not come: nobody listens, or somebody else does', async () => {
    const closed = await serving('');
    servers.splice(0)[0]?.close();
    const heard = await ask(
      [at('web-1', closed), at('web-2', await serving('hello'))],
      [at('pc-10', closed), at('pc-11', await serving('hello'))],
    );
    expect(heard.pods.get('web-1')?.says).toBe('refused');
    expect(heard.pods.get('web-2')?.says).toBe('other');
    expect(heard.machines.get('pc-10')).toEqual({ pods: new Set(), troubles: ['refused'] });
    expect(heard.machines.get('pc-11')).toEqual({ pods: new Set(), troubles: ['other'] });
  });

  it('takes no word that would break a line', async () => {
    await expect(askPages([at('web 1', 80)], [])).rejects.toThrow(TypeError);
  });
});

describe('a row a child', () => {
  const children = [
    { child: 'pc-11', pod: { name: 'web-1' } },
    { child: 'pc-12', pod: { name: 'web-2' } },
    { child: 'pc-13', pod: undefined },
  ];
  const rows = appRows(
    children,
    ['pc-10', 'pc-11'],
    parsePages(
      [
        ...['pod web-1 1.5 page pc-11 web-1', 'pod web-2 2000.0 silent'],
        ...['at pc-10 web-1', 'at pc-11 web-1', 'at pc-10 web-2', 'trouble pc-11 silent', ''],
      ].join('\n'),
    ),
  );

  it('says what answered from where, and how fast', () => {
    expect(rows[0]).toEqual({
      ...{ child: 'pc-11', pod: 'web-1', fromParent: true, milliseconds: 1.5 },
      ...{ byPort: ['pc-10', 'pc-11'], notByPort: [] },
    });
    expect(rows[1]).toMatchObject({ fromParent: false, milliseconds: null, byPort: ['pc-10'] });
    expect(rows[2]).toMatchObject({ pod: null, fromParent: false, byPort: [] });
  });

  it('names each answer that is missing: which, from where, and why', () => {
    expect(lackText(lackingIn(rows))).toBe(
      [
        'pc-12: the parent gets no page from its pod: no answer',
        'pc-12: no page of it by the port of pc-11 (no answer)',
        'pc-13: no pod of it runs yet',
      ].join('; '),
    );
  });

  it('believes no page that names another child', () => {
    const [row] = appRows(children.slice(0, 1), [], parsePages('pod web-1 1.0 page pc-12 web-1\n'));
    expect(row).toMatchObject({ fromParent: false, because: 'its page says that it is pc-12' });
  });
});
