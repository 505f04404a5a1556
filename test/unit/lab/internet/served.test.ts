import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { APT_SOURCES } from '../../../../src/artifacts/apt-sources.js';
import {
  ALERTMANAGER,
  BLACKBOX_EXPORTER,
  GRAFANA,
  IMAGES,
  PUSHGATEWAY,
  TRAEFIK,
  published,
} from '../../../../src/artifacts/images.js';
import type { Image } from '../../../../src/artifacts/artifact.js';
import type { Need } from '../../../../src/artifacts/need.js';
import { kubeadmSource, newestOf, releasesOf } from '../../../../src/artifacts/releases.js';
import { onlineSupply } from '../../../../src/artifacts/online-supply.js';
import { POD_NETWORKS } from '../../../../src/config/sections/kubernetes.js';
import { INTERNET_NAMES } from '../../../../src/lab/internet/names.js';
import { LAB_TEMPLATES } from '../../../../src/lab/templates.js';

const nginx = await readFile(join(LAB_TEMPLATES, 'internet/nginx.conf'), 'utf8');
const scripts = join(import.meta.dirname, '../../../../scripts/internet');
const served = [...nginx.matchAll(/server_name ([^;]+);/g)].flatMap((m) => (m[1] ?? '').split(' '));

const NEEDS: readonly Need[] = POD_NETWORKS.flatMap((network) =>
  (['lite', 'stack'] as const).map((profile) => ({ role: 'parent', version: '1.36', network, profile })),
);

describe("the lab's Internet", () => {
  it('serves each of its names, and has a certificate and an address for whatever it serves', () => {
    expect(served.toSorted()).toEqual(INTERNET_NAMES.toSorted());
  });

  it('has every name that kmon asks for packages, released files and images', () => {
    const asked = NEEDS.flatMap((need) => onlineSupply.samples(need).map(({ url }) => new URL(url).hostname));
    const keys = Object.values(APT_SOURCES).flatMap((source) =>
      NEEDS.map((need) => new URL(source(need).key).hostname),
    );
    const released = releasesOf('v1.36.3', 'amd64').flatMap(({ url, sumUrl }) => [url, sumUrl]);
    const files = [...released, newestOf('1.36'), kubeadmSource('v1.36.3')].map(
      (url) => new URL(url).hostname,
    );
    expect([...new Set([...asked, ...keys, ...files])].filter((host) => !served.includes(host))).toEqual([]);
  });

  it('knows each name that it sends on to', () => {
    const sentTo = [...nginx.matchAll(/https:\/\/([a-z0-9.-]+)/g)].map((m) => m[1] ?? '');
    expect(sentTo.length).toBeGreaterThan(0);
    expect(sentTo.filter((host) => !served.includes(host))).toEqual([]);
  });

  it('has stand-ins for images that kmon asks for, and for no others', async () => {
    const lines = (await readFile(join(scripts, 'stand-ins'), 'utf8')).split('\n');
    const standIns = lines.filter((l) => l !== '' && !l.startsWith('#')).map((l) => l.split(' ')[0]);
    // kubeadm's are in the bundle under their own names, and so are these; Grafana cannot be had.
    const same: readonly Image[] = [ALERTMANAGER, PUSHGATEWAY, BLACKBOX_EXPORTER, TRAEFIK];
    // What only `stack` needs goes without one: its chart cannot be had either.
    const asked = IMAGES.filter((i) => i.neededBy.profiles?.includes('lite') !== false)
      .filter((i) => !same.includes(i))
      .filter((i) => i !== GRAFANA)
      .map(published)
      .filter((name) => /^(quay|ghcr|docker)\.io\//.test(name));
    // The chart of metrics-server, which asks for another release than the newest.
    const byChart = ['registry.k8s.io/metrics-server/metrics-server:v0.8.1'];
    expect(standIns.toSorted()).toEqual([...asked, ...byChart].toSorted());
  });
});
