import { expect, it } from 'vitest';
import { mountsBelow } from '../../../src/lab/build-folder.js';
import { linksIn } from '../../../src/lab/leftovers.js';
import { parseLink } from '../../../src/lab/link.js';

it('reads carrier and peer of a link', () => {
  expect(parseLink('[{"ifname":"eth0","link_index":83,"flags":["BROADCAST","UP","LOWER_UP"]}]')).toEqual({
    carrier: true,
    peer: 83,
  });
  expect(parseLink('[{"ifname":"eth0","link_index":83,"flags":["NO-CARRIER","UP"]}]')?.carrier).toBe(false);
  expect(parseLink('[{"ifname":"lo","flags":["UP"]}]')).toBeUndefined();
});

it('finds the links of a subnet and no others', () => {
  const json = JSON.stringify([
    { ifname: 'lo', addr_info: [{ local: '127.0.0.1' }] },
    { ifname: 'podman1', addr_info: [{ local: '10.77.1.1' }] },
    { ifname: 'podman2', addr_info: [{ local: '10.77.11.1' }] },
    { ifname: 'none' },
  ]);
  expect(linksIn('10.77.1.0/24', json)).toEqual(['podman1']);
  expect(linksIn('', json)).toEqual([]);
  expect(linksIn('10.77.1.0/24', '')).toEqual([]);
});

it('lists mounts below a folder, innermost first, and never beside it', () => {
  const mounts = [
    'proc /proc proc rw 0 0',
    'proc /c/build-1/tmp/r/proc proc rw 0 0',
    'dev /c/build-1/a\\040b/dev devtmpfs rw 0 0',
    'pts /c/build-1/a\\040b/dev/pts devpts rw 0 0',
    'x /c/build-11/x tmpfs rw 0 0',
  ].join('\n');
  expect(mountsBelow('/c/build-1', mounts)).toEqual([
    '/c/build-1/a b/dev/pts',
    '/c/build-1/a b/dev',
    '/c/build-1/tmp/r/proc',
  ]);
});
