import { describe, expect, it } from 'vitest';
import { readLoadAddress } from '../../../../src/apps/http-load/load-address.js';

describe('an URL that may be loaded', () => {
  it.each([
    ['http://web.red', { scheme: 'http', host: 'web.red', port: 80, path: '/' }],
    ['http://web.red/', { scheme: 'http', host: 'web.red', port: 80, path: '/' }],
    ['HTTP://Web.Red:80/a?b=c', { scheme: 'http', host: 'web.red', port: 80, path: '/a?b=c' }],
    ['https://web.red', { scheme: 'https', host: 'web.red', port: 443, path: '/' }],
    ['https://web.red:80/', { scheme: 'https', host: 'web.red', port: 80, path: '/' }],
    [
      'http://web.red.svc.cluster.local./',
      { scheme: 'http', host: 'web.red.svc.cluster.local', port: 80, path: '/' },
    ],
    ['http://192.168.1.10:31080/x', { scheme: 'http', host: '192.168.1.10', port: 31_080, path: '/x' }],
    ['http://pc-11:65535/', { scheme: 'http', host: 'pc-11', port: 65_535, path: '/' }],
    [
      "http://web.red/a'b;id?q=$(id)`id`",
      { scheme: 'http', host: 'web.red', port: 80, path: "/a'b;id?q=$(id)`id`" },
    ],
    ['http://web.red/é"', { scheme: 'http', host: 'web.red', port: 80, path: '/%C3%A9%22' }],
    ['http://web.red/../../etc', { scheme: 'http', host: 'web.red', port: 80, path: '/etc' }],
    // However an address is written, it is this one that is looked for in the room.
    ['http://3232235786/', { scheme: 'http', host: '192.168.1.10', port: 80, path: '/' }],
    ['http://0xc0.0xa8.1.10/', { scheme: 'http', host: '192.168.1.10', port: 80, path: '/' }],
    ['http://192.168.266/', { scheme: 'http', host: '192.168.1.10', port: 80, path: '/' }],
    ['http://１９２.168.1.10/', { scheme: 'http', host: '192.168.1.10', port: 80, path: '/' }],
  ])('%s', (written, parts) => {
    expect(readLoadAddress(written)).toEqual(parts);
  });
});

describe('an URL that may not', () => {
  it.each([
    ['', /http:\/\/ is missing/],
    ['web.red', /http:\/\/ is missing/],
    ['web.red:80', /http:\/\/ is missing/],
    ['//web.red/', /http:\/\/ is missing/],
    ['javascript:alert(1)', /http:\/\/ is missing/],
    ['ftp://web.red/', /it is ftp, and only http and https/],
    ['file:///etc/passwd', /it is file/],
    ['ws://web.red/', /it is ws/],
    ['http://', /no URL/],
    ['http://:80/', /no URL/],
    ['http://web.red:99999/', /no URL/],
    ['http://web.red:0/', /port is 0/],
    ['http://a%00b/', /no URL/],
    ['http://user@web.red/', /a user or a password/],
    ['http://web.red:secret@evil.example/', /a user or a password/],
    ['http://web.red/#part', /#/],
    ['http://web.red/\n', /control character/],
    ['http://web.red/\t/x', /control character/],
    ['http://we b.red/', /blank/],
    ['http://web.red\\@evil.example/', /backslash/],
    ['http://[::1]/', /IPv6/],
    ['http://[::ffff:192.168.1.10]/', /IPv6/],
    ['http://localhost:8080/', /localhost is whatever computer asks/],
    ['http://a.localhost/', /whatever computer asks/],
    ['http://127.0.0.1/', /127\.0\.0\.1 is whatever computer asks/],
    ['http://127.1/', /127\.0\.0\.1 is whatever computer asks/],
    ['http://0/', /0\.0\.0\.0 is whatever computer asks/],
    ['http://0x7f000001/', /127\.0\.0\.1 is whatever computer asks/],
    ['http://-x.red/', /no name of a computer/],
    ["http://a'b/", /no name of a computer|no URL/],
    ['http://a;id/', /no name of a computer|no URL/],
    ['http://$(id)/', /no name of a computer|no URL/],
    ['http://a..b/', /no name of a computer/],
    [`http://${'a'.repeat(64)}.red/`, /no name of a computer/],
    [`http://web.red/${'a'.repeat(2000)}`, /longer than 2000/],
  ])('%j', (written, mistake) => {
    const read = readLoadAddress(written);
    expect(typeof read === 'string' ? read : JSON.stringify(read)).toMatch(mistake);
    expect(read).toBeTypeOf('string');
  });
});
