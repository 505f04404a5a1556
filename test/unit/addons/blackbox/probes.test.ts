import { describe, expect, it } from 'vitest';
import { probeObjects, scrapeConfigs } from '../../../../src/addons/blackbox/probes.js';
import type { Asked } from '../../../../src/addons/blackbox/targets.js';

const LABELS = { 'app.kubernetes.io/managed-by': 'kmon', 'kmon/addon': 'blackbox' };

const PARENT: Asked = { name: 'pc-10', address: '192.0.2.10', role: 'parent', isNode: true };
const CHILD: Asked = { name: 'pc-11', address: '192.0.2.11', role: 'child', team: 'red', isNode: true };
/** Not in the cluster yet, or never. */
const LATE: Asked = { name: 'pc-12', address: '192.0.2.12', role: 'child', isNode: false };

describe('what an operator is told', () => {
  const [ping, kubelet, ...more] = scrapeConfigs([PARENT, CHILD, LATE], LABELS, 5) as readonly {
    readonly metadata: object;
    readonly spec: { readonly params: object; readonly staticConfigs: readonly object[] };
  }[];

  it('is one object a way of asking, with the labels of the add-on', () => {
    expect(more).toEqual([]);
    expect(ping?.metadata).toEqual({
      name: 'kmon-blackbox-ping',
      namespace: 'kmon-blackbox',
      labels: LABELS,
    });
    expect(kubelet?.spec.params).toEqual({ module: ['kubelet'] });
  });

  it('pings every machine, under the name that its exporter has', () => {
    expect(ping?.spec.staticConfigs).toEqual([
      {
        targets: ['192.0.2.10'],
        labels: { probe: 'ping', node: 'pc-10', instance: 'pc-10', role: 'parent' },
      },
      {
        targets: ['192.0.2.11'],
        labels: { probe: 'ping', node: 'pc-11', instance: 'pc-11', role: 'child', team: 'red' },
      },
      {
        targets: ['192.0.2.12'],
        labels: { probe: 'ping', node: 'pc-12', instance: 'pc-12', role: 'child' },
      },
    ]);
  });

  it('asks the kubelet where there is one', () => {
    expect(kubelet?.spec.staticConfigs).toHaveLength(2);
    expect(JSON.stringify(kubelet)).toContain('https://192.0.2.11:10250/healthz');
    expect(JSON.stringify(kubelet)).not.toContain('192.0.2.12');
  });

  it('is nothing where there is nobody', () => {
    expect(scrapeConfigs([], LABELS, 5)).toEqual([]);
  });

  it('leaves a second for the answer, however short the interval is', () => {
    expect(JSON.stringify(scrapeConfigs([CHILD], LABELS, 1))).toContain('"scrapeTimeout":"1s"');
    expect(JSON.stringify(scrapeConfigs([CHILD], LABELS, 15))).toContain('"scrapeTimeout":"14s"');
  });
});

describe('what the small monitoring finds', () => {
  const [service, ...slices] = probeObjects([CHILD, LATE], LABELS) as readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly ports?: readonly { readonly name: string }[];
    readonly spec?: object;
  }[];

  it('is a Service without an address of its own, and a slice a machine', () => {
    expect(service?.spec).toMatchObject({ clusterIP: 'None' });
    expect(service?.spec).not.toHaveProperty('selector');
    expect(slices.map(({ metadata }) => metadata.name)).toEqual([
      'kmon-blackbox-machines-pc-11',
      'kmon-blackbox-machines-pc-12',
    ]);
  });

  it('says of each who it is and how it is asked', () => {
    expect(slices[0]?.metadata.labels).toMatchObject({
      ...LABELS,
      'kubernetes.io/service-name': 'kmon-blackbox-machines',
      'kmon/machine': 'pc-11',
      'kmon/role': 'child',
      'kmon/team': 'red',
    });
    expect(slices.map(({ ports }) => ports?.map(({ name }) => name))).toEqual([
      ['ping', 'kubelet'],
      ['ping'],
    ]);
  });

  it('is everything of the add-on by its label', () => {
    for (const { metadata } of [service, ...slices].flatMap((o) => o ?? []))
      expect(metadata.labels).toMatchObject(LABELS);
  });
});

describe('a guest', () => {
  const guest: Asked = { ...CHILD, guest: true };

  it('is asked by its kubelet alone, since its laptop would answer a ping', () => {
    const ways = scrapeConfigs([guest], LABELS, 5) as readonly {
      readonly metadata: { readonly name: string };
    }[];
    expect(ways.map(({ metadata }) => metadata.name)).toEqual(['kmon-blackbox-kubelet']);
    const [, slice] = probeObjects([guest], LABELS) as readonly {
      readonly ports?: readonly { readonly name: string }[];
    }[];
    expect(slice?.ports?.map(({ name }) => name)).toEqual(['kubelet']);
  });

  it('that has not joined is not asked', () => {
    const late: Asked = { ...guest, isNode: false };
    expect(scrapeConfigs([late], LABELS, 5)).toEqual([]);
    expect(probeObjects([late], LABELS)).toHaveLength(1);
  });
});
