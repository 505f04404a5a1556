import { describe, expect, it } from 'vitest';
import {
  environmentProxies,
  mirrorHosts,
  needsAuthorities,
  parseSettings,
  parseSources,
  settingsFile,
  sourcesList,
} from '../../../src/lab/apt-config.js';

const target = (...fields: string[]): string => fields.join('\t');
const TARGETS = [
  target('deb', 'Debian', 'bookworm', 'http://mirror.example/debian/', 'stable', 'main'),
  target('deb', 'Debian', 'bookworm', 'http://mirror.example/debian/', 'stable', 'contrib'),
  target('deb', 'Debian', 'bookworm', 'http://mirror.example/debian/', 'stable', 'main'),
  target('deb', 'Debian', 'bookworm-security', 'https://mirror.example/security/', 'stable-security', 'main'),
  target('deb-src', 'Debian', 'bookworm', 'http://mirror.example/debian/', 'stable', 'main'),
  target('deb', 'Debian', 'trixie', 'http://mirror.example/debian/', 'trixie', 'main'),
  target('deb', 'Somebody', 'bookworm', 'http://other.example/', 'bookworm', 'main'),
].join('\n');

describe("this computer's archives", () => {
  it("are Debian's binary ones of the machines' release, once each", () => {
    expect(sourcesList(parseSources(TARGETS))).toBe(
      'deb http://mirror.example/debian/ stable main contrib\n' +
        'deb https://mirror.example/security/ stable-security main\n',
    );
  });

  it('must have the release itself, not its updates alone', () => {
    const updates = target('deb', 'Debian', 'bookworm-updates', 'http://mirror.example/debian/', 'x', 'main');
    expect(() => parseSources(updates)).toThrow('apt on this computer knows no archive of Debian bookworm');
    expect(() => parseSources('')).toThrow('knows no archive');
  });
});

describe("apt's settings", () => {
  const dump = [
    'APT "";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://user:pw@127.0.0.1:3142/";',
    'Acquire::http::Proxy::mirror.example "DIRECT";',
    'Acquire::http::Proxy-Auto-Detect "/usr/bin/find-proxy";',
    'Acquire::https::CaInfo "/etc/own.pem";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Languages:: "none";',
    'Dir::Cache "var/cache/apt";',
  ].join('\n');

  it('carry over what decides whether a download succeeds, and no file or program of this computer', () => {
    expect(parseSettings(dump).map((s) => s.key)).toEqual([
      'Acquire::http::Proxy',
      'Acquire::http::Proxy::mirror.example',
      'Acquire::Check-Valid-Until',
    ]);
  });

  it.each([
    ['http://user:pw@127.0.0.1:3142/', 'http://user:pw@10.77.0.1:3142/'],
    ['http://localhost:8080', 'http://10.77.0.1:8080'],
    ['http://[::1]:8080', 'http://10.77.0.1:8080'],
    ['http://localhost.example:8080', 'http://localhost.example:8080'],
    ['http://proxy.example:8080', 'http://proxy.example:8080'],
  ])('reach a proxy of this computer by its address on the bridge: %s', (value, seen) => {
    const settings = [{ key: 'Acquire::http::Proxy', value }];
    expect(settingsFile(settings, '10.77.0.1')).toBe(`Acquire::http::Proxy "${seen}";\n`);
    expect(settingsFile(settings)).toBe(`Acquire::http::Proxy "${value}";\n`);
  });

  it('take a proxy of the environment unless apt names one', () => {
    const env = { http_proxy: 'http://p.example:1', https_proxy: 'http://p.example:2' };
    expect(environmentProxies(env, [{ key: 'acquire::HTTP::proxy', value: 'DIRECT' }])).toEqual([
      { key: 'Acquire::https::Proxy', value: 'http://p.example:2' },
    ]);
    expect(environmentProxies({ http_proxy: '' }, [])).toEqual([]);
  });

  it('tell which hosts matter and whether authorities do', () => {
    const sources = [{ uri: 'http://mirror.example/debian/', release: 'stable', components: ['main'] }];
    const proxy = [{ key: 'Acquire::http::Proxy', value: 'http://proxy.example:3128' }];
    expect(mirrorHosts(sources, proxy)).toEqual(['mirror.example', 'proxy.example']);
    expect(needsAuthorities(sources, proxy)).toBe(false);
    expect(
      needsAuthorities([{ ...sources[0], uri: 'https://m.example/', release: 's', components: [] }], []),
    ).toBe(true);
  });
});
