import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeRoomFile, MODELINE, SCHEMA_FILE } from '../../../src/config/writing/compose.js';
import { configSchema, configSchemaText } from '../../../src/config/schema.js';
import { KEYS } from '../../../src/config/written-schema.js';
import { LAB_TEMPLATES } from '../../../src/lab/templates.js';
import { roomFile } from '../../../src/lab/room-file.js';
import { ROOM, load, mistakes, placeForEach } from './written-file.js';

placeForEach();

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(configSchema());

/** What an editor marks, by place and rule; empty: nothing. */
function marks(yaml: string): readonly string[] {
  if (validate(parse(yaml))) return [];
  return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.keyword}`);
}

describe('the schema of kmon.yaml', () => {
  it('is published as it is printed', () => {
    expect(read('docs/kmon.schema.json')).toBe(configSchemaText());
  });

  it('is one by the older draft too, which many editors still know', () => {
    const { $schema, ...rest } = configSchema();
    expect($schema).toBe('https://json-schema.org/draft/2020-12/schema');
    const ajv = new Ajv({ strict: true, strictTypes: false });
    expect(ajv.validateSchema(rest)).toBe(true);
    const older = ajv.compile(rest);
    expect(older(parse(read('templates/kmon.example.yaml')))).toBe(true);
    expect(older({ room: 'r' })).toBe(false);
  });

  it('explains every key', () => {
    const missing: string[] = [];
    const walk = (schema: unknown, path: readonly (string | number)[]): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, items, anyOf } = schema as {
        properties?: Record<string, { description?: string }>;
        items?: unknown;
        anyOf?: readonly unknown[];
      };
      for (const inner of anyOf ?? []) walk(inner, path);
      walk(items, [...path, 0]);
      if (properties === undefined) return;
      expect(Object.keys(properties)).toEqual(KEYS.at(path));
      for (const [key, inner] of Object.entries(properties)) {
        if (!/^\S.{10,}\.$/.test(inner.description ?? '')) missing.push([...path, key].join('.'));
        walk(inner, [...path, key]);
      }
    };
    walk(configSchema(), []);
    expect(missing).toEqual([]);
  });

  it.each([
    ['the example', read('templates/kmon.example.yaml')],
    ['the least', ROOM],
    [
      'short forms',
      `${ROOM}ssh: { knownHosts: pins }\nchildren: [10.0.0.2, { address: 10.0.0.3, team: red }]\n`,
    ],
    [
      'sections and keys with nothing behind them',
      `${ROOM}ssh:\nchildren:\nkubernetes:\n  version:\n  network:\nmonitoring:\n  grafana:\n    enabled:\nbundle:\n`,
    ],
    ['a child with empty keys', `${ROOM}children: [{ address: 10.0.0.2, team: , port: , kind: }]\n`],
    ['the list of pins left empty', `${ROOM}ssh: { knownHosts: }\n`],
    ['lists', `${ROOM}ssh: { knownHosts: [a, b] }\nchildren: []\n`],
    [
      "a lab's file",
      roomFile(readFileSync(join(LAB_TEMPLATES, 'kmon.yaml'), 'utf8'), {
        lab: 'one',
        bundle: '/b',
        machines: ['parent', 'child-1'].map((name, i) => ({
          name,
          role: i === 0 ? 'parent' : 'child',
          address: `10.77.0.1${i}`,
          container: name,
          sudo: 'free',
        })),
      }),
    ],
    [
      'what kmon new writes',
      composeRoomFile({
        room: 'r',
        user: 'student',
        key: '~/.ssh/id',
        parent: { address: '192.168.1.10' },
        children: [{ address: '192.168.1.11', kind: 'observed', exporter: 9182 }],
        podSubnet: '10.244.0.0/16',
        serviceSubnet: '10.96.0.0/12',
      }),
    ],
    [
      'users of a domain',
      `room: r\nssh: { user: ada@school.lan }\nparent: { address: 10.0.0.1, user: 'SCHOOL\\bob' }\nchildren: [{ address: 10.0.0.2, user: a }]\n`,
    ],
  ])('takes %s, and so does kmon', async (_, yaml) => {
    expect(marks(yaml)).toEqual([]);
    // Whether the files that it names are there is not for a schema to say.
    const told = await mistakes(yaml);
    expect(told.filter((line) => !/does not exist|\(accepted\)/.test(line))).toEqual([]);
  });

  const WRONG: readonly (readonly [yaml: string, mark: string])[] = [
    ['- a\n', ' type'],
    ['room: r\n', ' required'],
    ['parent: 10.0.0.1\n', ' required'],
    [`${ROOM}rooom: x\n`, ' additionalProperties'],
    [`${ROOM}ssh: { prot: 22 }\n`, '/ssh additionalProperties'],
    ['room: r\nparent: { address: 10.0.0.1, team: red }\n', '/parent additionalProperties'],
    ['room: -r\nparent: 10.0.0.1\n', '/room pattern'],
    ['room: 16\nparent: 10.0.0.1\n', '/room type'],
    ['room:\nparent: 10.0.0.1\n', '/room type'],
    ['room: r\nparent:\n', '/parent type'],
    [`${ROOM}children: [{ address: }]\n`, '/children/0/address type'],
    ['room: r\nparent: [10.0.0.1]\n', '/parent type'],
    ['room: r\nparent: pc-12.lan\n', '/parent pattern'],
    ['room: r\nparent: 192.168.1.256\n', '/parent pattern'],
    ['room: r\nparent: 192.168.1\n', '/parent pattern'],
    ['room: r\nparent: 127.0.0.1\n', '/parent pattern'],
    ['room: r\nparent: 0.0.0.1\n', '/parent pattern'],
    ['room: r\nparent: 224.0.0.1\n', '/parent pattern'],
    ['room: r\nparent: 255.255.255.255\n', '/parent pattern'],
    [`${ROOM}children: 10.0.0.2\n`, '/children type'],
    [`${ROOM}children: [{ name: x }]\n`, '/children/0 required'],
    [`${ROOM}children: [{ address: 10.0.0.2, name: PC_12 }]\n`, '/children/0/name pattern'],
    [`${ROOM}children: [{ address: 10.0.0.2, name: kmon-parent }]\n`, '/children/0/name pattern'],
    [`${ROOM}children: [{ address: 10.0.0.2, host: "-oX" }]\n`, '/children/0/host pattern'],
    [`${ROOM}children: [{ address: 10.0.0.2, host: 10.0.0 }]\n`, '/children/0/host pattern'],
    [`${ROOM}children: [{ address: 10.0.0.2, team: a b }]\n`, '/children/0/team pattern'],
    [`${ROOM}children: [{ address: 10.0.0.2, kind: phone }]\n`, '/children/0/kind enum'],
    [`${ROOM}ssh: { user: "a b" }\n`, '/ssh/user pattern'],
    [`${ROOM}ssh: { user: "@school.lan" }\n`, '/ssh/user pattern'],
    [`${ROOM}ssh: { user: "ada@" }\n`, '/ssh/user pattern'],
    [`${ROOM}ssh: { user: -ada }\n`, '/ssh/user pattern'],
    [`${ROOM}ssh: { port: 0 }\n`, '/ssh/port minimum'],
    [`${ROOM}ssh: { port: "22" }\n`, '/ssh/port type'],
    [`${ROOM}ssh: { key: " k" }\n`, '/ssh/key pattern'],
    [`${ROOM}ssh: { key: "k\\u0007" }\n`, '/ssh/key pattern'],
    [`${ROOM}ssh: { hostKeys: any }\n`, '/ssh/hostKeys enum'],
    [`${ROOM}ssh: { knownHosts: [7] }\n`, '/ssh/knownHosts/0 type'],
    [`${ROOM}kubernetes: { version: 1.36 }\n`, '/kubernetes/version type'],
    [`${ROOM}kubernetes: { version: "1.27" }\n`, '/kubernetes/version enum'],
    [`${ROOM}kubernetes: { version: "1.36.2" }\n`, '/kubernetes/version pattern'],
    [`${ROOM}kubernetes: { network: calico }\n`, '/kubernetes/network enum'],
    [`${ROOM}kubernetes: { podSubnet: 10.0.0.0/25 }\n`, '/kubernetes/podSubnet pattern'],
    [`${ROOM}kubernetes: { serviceSubnet: 10.0.0.0/8 }\n`, '/kubernetes/serviceSubnet pattern'],
    [`${ROOM}kubernetes: { ignorePreflight: ["Swap,all"] }\n`, '/kubernetes/ignorePreflight/0 pattern'],
    [`${ROOM}monitoring: { namespace: kube-system }\n`, '/monitoring/namespace pattern'],
    [`${ROOM}monitoring: { namespace: default }\n`, '/monitoring/namespace pattern'],
    [`${ROOM}monitoring: { scrapeInterval: 0.5 }\n`, '/monitoring/scrapeInterval type'],
    [`${ROOM}monitoring: { retention: "" }\n`, '/monitoring/retention pattern'],
    [`${ROOM}monitoring: { prometheus: { memory: 1G } }\n`, '/monitoring/prometheus/memory pattern'],
    [`${ROOM}monitoring: { grafana: { nodePort: 80 } }\n`, '/monitoring/grafana/nodePort minimum'],
    [`${ROOM}monitoring: { grafana: { enabled: yes } }\n`, '/monitoring/grafana/enabled type'],
    [`${ROOM}bundle: ""\n`, '/bundle pattern'],
  ];

  it.each(WRONG)('refuses %j, and so does kmon', async (yaml, mark) => {
    expect(marks(yaml)).toContain(mark);
    expect(await mistakes(yaml)).not.toEqual(['(accepted)']);
  });

  it('proposes the default of every key that has one', async () => {
    const { properties } = configSchema() as {
      properties: Record<string, { properties: Record<string, { default?: unknown }> }>;
    };
    const config = await load(ROOM);
    const { version, network, podSubnet, serviceSubnet } = properties['kubernetes']?.properties ?? {};
    expect([version, network, podSubnet, serviceSubnet].map((p) => p?.default)).toEqual([
      config.kubernetes.version,
      config.kubernetes.network,
      config.kubernetes.podSubnet,
      config.kubernetes.serviceSubnet,
    ]);
    expect(properties['ssh']?.properties['knownHosts']?.default).toBe('~/.ssh/known_hosts');
  });

  it('is named by the first line of a new file, relative to it', () => {
    expect(MODELINE).toBe(` yaml-language-server: $schema=${SCHEMA_FILE}`);
    expect(SCHEMA_FILE).toBe('.kmon/kmon.schema.json');
  });
});
