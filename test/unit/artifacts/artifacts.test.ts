import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { supplyFor } from '../../../src/artifacts/supply-for.js';
import { absentBundle } from '../../../src/artifacts/bundle-supply.js';
import { CHARTS } from '../../../src/artifacts/charts.js';
import { GRAFANA, IMAGES, NODE_EXPORTER, PROMETHEUS, published } from '../../../src/artifacts/images.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { PACKAGES } from '../../../src/artifacts/packages.js';
import { PROGRAMS } from '../../../src/artifacts/programs.js';
import { fullBundle } from './full-bundle.js';

const TEMPLATES = new URL('../../../templates/', import.meta.url);

function template(path: string): string {
  return readFileSync(new URL(path, TEMPLATES), 'utf8');
}

describe('what is needed from outside', () => {
  it('has names of its own, kind by kind', () => {
    for (const all of [PROGRAMS, PACKAGES, IMAGES, CHARTS]) {
      const names = all.map((a) => a.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('has images of a pinned version, but for those whose version kubeadm says', () => {
    for (const { name, tag, repository } of IMAGES) {
      const isKubeadms = /^registry\.k8s\.io\/(?:coredns\/)?[\w-]+$/.test(repository);
      if (isKubeadms && name !== 'pause') expect(tag).toBeUndefined();
      // A commit is pinned as well: some registries have no other name for a release.
      else expect(tag, name).toMatch(/^(?:v?\d+(\.\d+)+(-\w+)?|[0-9a-f]{40})$/);
    }
  });

  it('is found in a bundle by the last part of its name', () => {
    for (const { name, repository } of IMAGES) expect(repository.split('/').at(-1)).toBe(name);
  });
});

describe('the templates', () => {
  it('of the small monitoring name the same images', () => {
    const image = (wanted: typeof GRAFANA) => ({ image: published(wanted) });
    expect(parse(template('addons/lite/values.yaml'))).toMatchObject({
      prometheus: image(PROMETHEUS),
      nodeExporter: image(NODE_EXPORTER),
      grafana: image(GRAFANA),
    });
  });

  it('name no other image', () => {
    const files = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(yaml|tpl)$/.test(path),
    );
    const named = files.flatMap((path) =>
      [...template(path).matchAll(/^\s*(?:- )?image: "?([^\s"#]+)/gm)].map(([, image = '']) => image),
    );
    const known = IMAGES.map(published);
    expect(named.filter((image) => !/^(\$\{|\{\{)/.test(image) && !known.includes(image))).toEqual([]);
    expect(named.length).toBeGreaterThan(3);
  });
});

describe('the supply of a room', () => {
  it('is the Internet where kmon.yaml names no bundle', () => {
    expect(supplyFor({})).toBe(onlineSupply);
  });

  it('is the bundle that was proven', () => {
    expect(
      supplyFor({ bundle: '/srv/bundle' }, fullBundle()).sentTo('parent', 'node', 'amd64').files,
    ).not.toEqual([]);
  });

  it('knows where programs lie without the bundle at hand', () => {
    const supply = supplyFor({ bundle: '/srv/bundle' });
    expect(supply).toBe(absentBundle);
    expect(supply.programFolder).toBe('/opt/kmon/bin');
  });
});
