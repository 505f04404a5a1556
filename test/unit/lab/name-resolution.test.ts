import { describe, expect, it } from 'vitest';
import { hostsLinesFor, machineResolvConf } from '../../../src/lab/name-resolution.js';

describe("a machine's resolv.conf", () => {
  it("is this computer's own", () => {
    const own = '# by hand\nnameserver 192.0.2.53\nsearch school.example\nsortlist x\n';
    expect(machineResolvConf([own])).toBe('nameserver 192.0.2.53\nsearch school.example');
  });

  it('is the one behind a stub on loopback', () => {
    expect(machineResolvConf(['nameserver 127.0.0.53\n', 'nameserver 192.0.2.1\n'])).toBe(
      'nameserver 192.0.2.1',
    );
    expect(machineResolvConf(['nameserver ::1\nnameserver 192.0.2.1'])).toBe('nameserver 192.0.2.1');
  });

  it('is empty when only loopback answers', () => {
    expect(machineResolvConf(['nameserver 127.0.0.1', ''])).toBe('');
  });
});

it('takes the lines of /etc/hosts that name a host which matters, at an address that is not loopback', () => {
  const hosts = '127.0.0.1 mirror\n192.0.2.7\tmirror.example mirror # ours\n192.0.2.8 other\n';
  expect(hostsLinesFor(['mirror'], hosts)).toEqual(['192.0.2.7\tmirror.example mirror']);
});
