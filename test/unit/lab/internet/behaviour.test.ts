import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answersOf } from '../../../../src/lab/internet/answers.js';
import { behaveScript } from '../../../../src/lab/internet/behave.js';
import { inWords, REFUSED_STATUS, WELL } from '../../../../src/lab/internet/behaviour.js';
import type { InternetBehaviour } from '../../../../src/lab/internet/behaviour.js';
import { dnsConfig } from '../../../../src/lab/internet/dns.js';
import { PROXY_LOGIN, proxySettings } from '../../../../src/lab/internet/proxy-known.js';
import { PROXY_PORT, waysScript } from '../../../../src/lab/internet/ways.js';
import { internetAddresses } from '../../../../src/lab/subnet.js';
import { LAB_TEMPLATES } from '../../../../src/lab/templates.js';

const ADDRESSES = internetAddresses('10.77.0.0/24');

/** All at once. */
const WORST: InternetBehaviour = {
  refuses: [
    { name: 'quay.io', path: '/prometheus/prometheus', how: 404 },
    { name: 'ghcr.io', path: '', how: 'closed' },
    { name: 'auth.docker.io', path: '', how: 'silent' },
    { name: 'pkgs.k8s.io', path: '', how: 'unknown' },
  ],
  dns: 'silent',
  intercepts: "O'Neill Filter",
  proxy: 'password',
  portal: true,
  bytesPerSecond: 200_000,
  cutAfterBytes: 1_000_000,
};

/** The lines that are there beside those of an Internet that is well. */
function beside(well: string, now: string): readonly string[] {
  const known = well.split('\n');
  return now.split('\n').filter((line) => !known.includes(line));
}

describe("how the lab's Internet behaves", () => {
  it('has nothing to tell where it is well', () => {
    expect(inWords(WELL)).toEqual([]);
  });

  it('is told in words, a line each', () => {
    expect(inWords(WORST)).toEqual([
      'quay.io/prometheus/prometheus: answered with 404 (not found)',
      'ghcr.io: connections are refused',
      'auth.docker.io: connections get no answer',
      'pkgs.k8s.io: the name is not known',
      'no name is resolved: questions get no answer',
      "TLS is intercepted by O'Neill Filter",
      'only a proxy that wants a password leads out, and the machines know its address and the password',
      'every request is led to a page where one has to log in',
      'slow: 200000 bytes a second',
      'connections break off after 1000000 bytes',
    ]);
  });

  it('answers nothing but what was asked for where it is well', () => {
    expect(answersOf(WELL, ADDRESSES.serves)).toMatchInlineSnapshot(`
      {
        "http": "ssl_certificate /etc/lab-internet/server.crt;
      ssl_certificate_key /etc/lab-internet/server.key;
      map $host$uri $refusal {
        default '';
      }
      ",
        "server": "if ($refusal = 403) { return 403; }
      if ($refusal = 404) { return 404; }
      if ($refusal = 429) { return 429; }
      if ($refusal = 500) { return 500; }
      if ($refusal = 503) { return 503; }
      ",
      }
    `);
  });

  it('refuses, signs by another authority, and leads to a portal', () => {
    const well = answersOf(WELL, ADDRESSES.serves);
    const now = answersOf(WORST, ADDRESSES.serves);
    expect(beside(well.http, now.http)).toMatchInlineSnapshot(`
      [
        "ssl_certificate /etc/lab-internet/foreign.crt;",
        "ssl_certificate_key /etc/lab-internet/foreign.key;",
        "  "~^quay\\.io(?:/v2)?/prometheus/prometheus(?:/|$)" 404;",
      ]
    `);
    expect(beside(well.server, now.server)).toEqual([
      'if ($uri != /login) { return 302 http://10.77.0.2/login; }',
    ]);
  });

  it('refuses an image by the path that its registry has, and no other with a longer name', () => {
    const { http } = answersOf(WORST, ADDRESSES.serves);
    const pattern = new RegExp(/"~(.*)" 404;/.exec(http)?.[1] ?? '(?!)');
    expect('quay.io/v2/prometheus/prometheus/manifests/v3').toMatch(pattern);
    expect('quay.io/prometheus/prometheus').toMatch(pattern);
    for (const other of [
      'quay.io/v2/prometheus/prometheus-operator/manifests/v1',
      'quay.io/v2/',
      'quayXio/v2/prometheus/prometheus',
    ])
      expect(other).not.toMatch(pattern);
  });

  it('has a line for every status that may be refused with', () => {
    const { server } = answersOf(WELL, ADDRESSES.serves);
    for (const status of REFUSED_STATUS)
      expect(server).toContain(`if ($refusal = ${status}) { return ${status}; }`);
  });

  it('leads names that are refused elsewhere, or nowhere', () => {
    const names = ['quay.io', 'ghcr.io', 'auth.docker.io', 'pkgs.k8s.io'];
    expect(
      beside('', dnsConfig(names, ADDRESSES, WORST)).filter((line) => line.startsWith('host-record')),
    ).toEqual([
      'host-record=quay.io,10.77.0.2',
      'host-record=ghcr.io,10.77.0.3',
      'host-record=auth.docker.io,10.77.0.4',
    ]);
  });

  it('lets everything through where it is well', () => {
    expect(waysScript(WELL, ADDRESSES)).toMatchInlineSnapshot(`
      "set -eu
      for address in 10.77.0.3 10.77.0.4; do ip address replace "$address/24" dev eth0; done
      tc qdisc del dev eth0 root 2>/dev/null || true
      sysctl -qw net.netfilter.nf_conntrack_acct=1
      nft -f - <<'END'
      table inet lab_internet
      delete table inet lab_internet
      table inet lab_internet {
        chain room {
          type filter hook input priority filter;
          iifname "lo" accept
          ip daddr 10.77.0.3 meta l4proto tcp reject with tcp reset
          ip daddr 10.77.0.4 drop
        }
      }
      END
      "
    `);
  });

  it('closes, slows and cuts ways', () => {
    expect(beside(waysScript(WELL, ADDRESSES), waysScript(WORST, ADDRESSES))).toMatchInlineSnapshot(`
      [
        "tc qdisc add dev eth0 root tbf rate 1600000bit burst 16384 latency 400ms",
        "    meta l4proto { tcp, udp } th dport 53 drop",
        "    tcp dport { 80, 443 } reject with tcp reset",
        "    tcp dport { 80, 443, 3128 } ct reply bytes > 1000000 reject with tcp reset",
      ]
    `);
    expect(beside(waysScript(WELL, ADDRESSES), waysScript({ ...WELL, dns: 'closed' }, ADDRESSES)))
      .toMatchInlineSnapshot(`
      [
        "    tcp dport 53 reject with tcp reset",
        "    udp dport 53 reject",
      ]
    `);
  });

  it('tells a machine of the proxy what its owner would have written', () => {
    const o = { address: '10.77.0.2', subnet: '10.77.0.0/24', names: ['quay.io'] };
    const nothing = { apt: '', environment: '' };
    expect(proxySettings(undefined, o)).toEqual(nothing);
    expect(proxySettings('nothing', o)).toEqual(nothing);
    expect(proxySettings('address', o).apt).toBe('Acquire::https::Proxy::quay.io "http://10.77.0.2:3128";\n');
    expect(proxySettings('password', o)).toMatchInlineSnapshot(`
      {
        "apt": "Acquire::https::Proxy::quay.io "http://pupil:of-the-lab@10.77.0.2:3128";
      ",
        "environment": "http_proxy=http://pupil:of-the-lab@10.77.0.2:3128
      https_proxy=http://pupil:of-the-lab@10.77.0.2:3128
      no_proxy=localhost,127.0.0.1,10.77.0.0/24
      ",
      }
    `);
  });

  it('has the proxy listen and ask for what the machines are told', async () => {
    const conf = await readFile(join(LAB_TEMPLATES, 'internet/proxy.conf'), 'utf8');
    expect(conf).toContain(`\nPort ${PROXY_PORT}\n`);
    expect(conf).toContain(`\nBasicAuth ${PROXY_LOGIN.user} ${PROXY_LOGIN.password}\n`);
  });

  it.each([WELL, WORST])('is a script that a shell can read: %j', async (behaviour) => {
    for (const script of [await behaveScript(behaviour, '10.77.0.0/24'), waysScript(behaviour, ADDRESSES)]) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    }
  });
});
