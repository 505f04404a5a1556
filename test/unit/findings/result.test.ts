import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { checkResult } from '../../../src/findings/result/result.js';
import type { CheckResult } from '../../../src/findings/result/result.js';
import { checkLineSchema, checkSchemaText } from '../../../src/findings/result/line-schema.js';
import type { Sight } from '../../../src/findings/sight/sight.js';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import type { RunReport } from '../../../src/engine/report.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { JsonView } from '../../../src/ui/json-view.js';
import { CHILD, OTHER, PARENT, sampleConfig, sampleFacts } from '../../support/sample-room.js';
import { EXAMPLES } from './examples.js';
import { SAMPLE_PROOF } from './sights.js';
import { sampleReport } from '../../support/sample-report.js';

const PUBLISHED = readFileSync(new URL('../../../docs/check.schema.json', import.meta.url), 'utf8');

const refused = new KmonError('login-refused', 'student is refused', {
  hint: 'correct the key',
  evidence: 'Permission denied',
  machine: 'pc-12',
  stage: 'connect',
});

const sight: Sight = {
  config: sampleConfig(),
  supply: onlineSupply,
  factsOf: new Map([
    [
      'pc-10',
      sampleFacts(PARENT, {
        addressing: [{ device: 'eth0', manager: 'netplan', leased: true, leaseSeconds: 60 }],
      }),
    ],
    ['pc-11', sampleFacts(CHILD, { addressing: [{ device: 'eth0', manager: 'other', leased: false }] })],
  ]),
  unseen: [{ machine: OTHER.name, error: refused }],
  network: SAMPLE_PROOF,
};

describe('the result of the check', () => {
  it('has what was seen of each machine, in the order of the room, and the findings as they are', () => {
    const found = verdicts(sight);
    expect(checkResult(sight, found)).toMatchObject({
      room: 'atelier-1',
      machines: [
        {
          name: 'pc-10',
          role: 'parent',
          address: '192.0.2.10',
          reached: true,
          system: 'Debian GNU/Linux 13 (trixie)',
          cpus: 4,
          memoryBytes: 8 * 1024 ** 3,
          sensors: ['coretemp'],
          addressing: 'leased',
        },
        { name: 'pc-11', role: 'child', address: '192.0.2.11', reached: true, addressing: 'static' },
        { name: 'pc-12', role: 'child', address: '192.0.2.12', reached: false },
      ],
      findings: found,
      network: SAMPLE_PROOF,
    } satisfies CheckResult);
  });

  it('leaves out what a machine did not tell, and machines that were not looked at', () => {
    const silent = sampleFacts(CHILD, {
      os: { id: '', like: [], version: '', codename: '', name: '' },
      cpus: 0,
      memoryBytes: 0,
      sensors: [],
    });
    expect(checkResult({ ...sight, factsOf: new Map([['pc-11', silent]]), unseen: [] }, []).machines).toEqual(
      [{ name: 'pc-11', role: 'child', address: '192.0.2.11', reached: true, sensors: [] }],
    );
  });
});

/** What the view prints for these events, and for a result or a failure at their end. */
async function printed(
  events: readonly EngineEvent[],
  { result, failure, report }: { result?: CheckResult; failure?: unknown; report?: RunReport } = {},
): Promise<readonly string[]> {
  let out = '';
  const stdout = { write: (text: string) => (out += text) } as unknown as NodeJS.WriteStream;
  const view = new JsonView({ stdout }, () => Date.UTC(2026, 0, 31));
  for (const event of events) view.handle(event);
  if (report !== undefined) await view.finish(report);
  if (result !== undefined) view.result('text for people', result);
  if (failure !== undefined) view.fail(failure);
  await view.close();
  return out.trimEnd().split('\n');
}

const at = { stage: 'look', machine: 'pc-11' };
const EVENTS: readonly EngineEvent[] = [
  {
    type: 'run-started',
    command: 'check',
    machines: ['pc-10', 'pc-11'],
    addresses: { 'pc-10': '192.0.2.10' },
    dryRun: false,
    transcript: '/tmp/x',
  },
  { type: 'run-started', command: 'check', machines: [], dryRun: true },
  { type: 'stage-started', stage: 'look', title: 'Look', machines: ['pc-11'] },
  { type: 'machine-started', ...at },
  { type: 'progress', ...at, text: 'trying the network' },
  { type: 'planned', ...at, change: 'open port 10250' },
  {
    type: 'command',
    machine: 'pc-11',
    verb: 'mutate',
    intent: 'open a port',
    shown: 'ufw allow',
    exitCode: 1,
    durationMs: 12.5,
    stderr: 'no',
  },
  { type: 'command', machine: 'pc-11', verb: 'query', shown: 'true', durationMs: 0, skipped: true },
  { type: 'machine-finished', ...at, outcome: 'unchanged', because: 'Debian' },
  { type: 'machine-finished', ...at, outcome: 'failed', error: refused },
  { type: 'stage-finished', stage: 'look' },
  { type: 'set-aside', ...at, error: refused },
  { type: 'note', text: 'the host key of pc-11 is new' },
  { type: 'note', machine: 'pc-11', text: 'it waits for apt' },
];

const REPORT = sampleReport({
  command: 'check',
  rows: [{ ...at, outcome: 'unchanged', because: 'nothing in the way' }],
  setAside: [{ machine: 'pc-12', error: refused }],
  failure: refused,
});

describe('the published schema', () => {
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(JSON.parse(PUBLISHED) as object);
  const mistakes = (line: string): unknown =>
    validate(JSON.parse(line)) ? [] : { line, errors: validate.errors?.slice(0, 3) };

  it('is what the code makes: run scripts/docs', () => {
    expect(PUBLISHED).toBe(checkSchemaText());
  });

  it('takes every line that is printed', async () => {
    const lines = [
      ...(await printed(EVENTS, { result: checkResult(sight, verdicts(sight)), report: REPORT })),
      ...(await printed([], { failure: refused })),
      ...(await printed([], { failure: new AggregateError([refused, refused], 'several') })),
      ...(await printed([], { failure: new Error('a defect') })),
      ...(await printed([], {
        failure: new KmonError('not-a-node', 'it runs Windows', {
          system: { family: 'windows', name: 'Windows 11', version: '10.0', shell: 'cmd.exe' },
        }),
      })),
    ];
    expect(lines.length).toBeGreaterThan(EVENTS.length + 8);
    expect(lines.flatMap(mistakes)).toEqual([]);
    // The same by zod, whose types are held against those of the program.
    for (const line of lines) expect(checkLineSchema.safeParse(JSON.parse(line)).error).toBeUndefined();
  });

  it('takes the findings of every code', async () => {
    for (const { sight: seen } of EXAMPLES) {
      const [line = ''] = await printed([], { result: checkResult(seen, verdicts(seen)) });
      expect(mistakes(line)).toEqual([]);
    }
  });

  it.each<[string, (line: Record<string, unknown>) => unknown]>([
    ['a key that nobody knows', (line) => ({ ...line, more: 1 })],
    ['a line of no type', (line) => ({ ...line, type: 'other' })],
    ['a line without a time', (line) => ({ ...line, at: undefined })],
    ['a result without machines', (line) => ({ ...line, data: { room: 'x', findings: [] } })],
    [
      'a code that is not in the catalogue',
      (line) => ({ ...line, data: { room: 'x', machines: [], findings: [{ ...finding, code: 'K-X' }] } }),
    ],
    [
      'a severity that is none',
      (line) => ({ ...line, data: { room: 'x', machines: [], findings: [{ ...finding, severity: 'bad' }] } }),
    ],
  ])('does not take %s', async (_, spoil) => {
    const [line = ''] = await printed([], { result: { room: 'x', machines: [], findings: [finding] } });
    expect(validate(JSON.parse(line))).toBe(true);
    expect(validate(spoil(JSON.parse(line) as Record<string, unknown>))).toBe(false);
  });
});

const finding = {
  code: 'K-DISK',
  severity: 'stops',
  machine: 'pc-11',
  evidence: 'full',
  cause: 'images',
  remedy: 'free some',
  fixable: false,
} as const;
