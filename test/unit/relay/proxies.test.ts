import { describe, expect, it } from 'vitest';
import { proxiesOf, proxyHeaders } from '../../../src/relay/proxies.js';

describe('the proxies of this computer', () => {
  const through = (env: Record<string, string>, url: string) => proxiesOf(env)(new URL(url))?.href;

  it.each([
    [{}, 'https://quay.io/', undefined],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'https://quay.io/', 'http://proxy:3128/'],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://apt.example/', undefined],
    [{ http_proxy: 'proxy:3128' }, 'http://apt.example/', 'http://proxy:3128/'],
    [{ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1' }, 'https://quay.io/', 'http://a:1/'],
    [{ all_proxy: 'http://a:1' }, 'https://quay.io/', 'http://a:1/'],
    [{ all_proxy: 'socks5://a:1' }, 'https://quay.io/', undefined],
    [{ https_proxy: '', ALL_PROXY: 'http://a:1' }, 'https://quay.io/', 'http://a:1/'],
    [{ https_proxy: 'http://a:1', no_proxy: 'quay.io' }, 'https://cdn.quay.io/', undefined],
    [{ https_proxy: 'http://a:1', NO_PROXY: 'x, .quay.io' }, 'https://quay.io/', undefined],
    [{ https_proxy: 'http://a:1', no_proxy: 'quay.io' }, 'https://notquay.io/', 'http://a:1/'],
    [{ https_proxy: 'http://a:1', no_proxy: 'quay.io:8443' }, 'https://quay.io/', 'http://a:1/'],
    [{ https_proxy: 'http://a:1', no_proxy: 'quay.io:443' }, 'https://quay.io/', undefined],
    [{ https_proxy: 'http://a:1', no_proxy: '*' }, 'https://quay.io/', undefined],
  ])('%j: %s by %s', (env, url, proxy) => {
    expect(through(env, url)).toBe(proxy);
  });

  it('are shown the name and the password of their address, as they were before they were written there', () => {
    const { 'proxy-authorization': shown = '' } = proxyHeaders(new URL('http://me:p%40ss@proxy:3128'));
    expect(Buffer.from(shown.replace('Basic ', ''), 'base64').toString()).toBe('me:p@ss');
    expect(proxyHeaders(new URL('http://proxy:3128'))).toEqual({});
  });
});
