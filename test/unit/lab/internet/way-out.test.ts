import { expect, it } from 'vitest';
import { dnsConfig } from '../../../../src/lab/internet/dns.js';
import { parseInternet } from '../../../../src/lab/internet/folder.js';
import { throughInternet } from '../../../../src/lab/internet/through-internet.js';
import { asThisComputer } from '../../../../src/lab/outside.js';
import { internetAddresses } from '../../../../src/lab/subnet.js';

const APT = {
  sources: [],
  settings: [],
  authorities: [],
  resolvConf: 'nameserver 192.0.2.53',
  hostsLines: ['192.0.2.7 mirror'],
};
const INTERNET = { address: '10.77.0.2', authority: 'PEM\n', names: ['a.example', 'b.example'] };

it('has an address of the lab for each name, and asks nobody else for it', () => {
  expect(dnsConfig(['a.example', 'b.example'], internetAddresses('10.77.0.0/24'))).toBe(
    [
      'listen-address=10.77.0.2',
      'bind-interfaces',
      'no-hosts',
      'user=root',
      'local=/a.example/',
      'host-record=a.example,10.77.0.2',
      'local=/b.example/',
      'host-record=b.example,10.77.0.2',
      '',
    ].join('\n'),
  );
});

it('goes out as this computer does where there is no Internet of the lab', () => {
  expect(asThisComputer(APT, 'podman', '10.77.0.1')).toEqual({
    hostsLines: ['192.0.2.7 mirror'],
    resolvConf: 'nameserver 192.0.2.53',
    aptSettings: '',
    authority: '',
  });
  expect(asThisComputer(APT, 'docker', '10.77.0.1').resolvConf).toBe('');
});

it("asks the lab's Internet for names and trusts it, and reaches Debian's mirror as before", () => {
  expect(throughInternet(asThisComputer(APT, 'podman', '10.77.0.1'), INTERNET)).toEqual({
    hostsLines: ['192.0.2.7 mirror'],
    resolvConf: 'nameserver 10.77.0.2',
    aptSettings: '',
    authority: 'PEM\n',
  });
});

it('passes by a proxy, which would fetch from the world', () => {
  const settings = [{ key: 'Acquire::http::Proxy', value: 'http://p.example:1' }];
  const out = throughInternet(asThisComputer({ ...APT, settings }, 'podman', '10.77.0.1'), INTERNET);
  expect(out.aptSettings).toBe(
    'Acquire::http::Proxy "http://p.example:1";\n' +
      'Acquire::https::Proxy::a.example "DIRECT";\nAcquire::https::Proxy::b.example "DIRECT";\n',
  );
});

it.each([
  ['format: kmon-lab-internet/1\nkubernetes: v1.36.3\n', 'v1.36.3'],
  ['format: kmon-bundle/1\nkubernetes: v1.36.3\n', undefined],
  ['', undefined],
  ['- a\n', undefined],
])('reads the version of Kubernetes in %j', (text, version) => {
  expect(parseInternet(text)).toBe(version);
});
