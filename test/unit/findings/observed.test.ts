import { describe, expect, it } from 'vitest';
import { commandsThere } from '../../../src/findings/result/commands-there.js';
import type { ObservedSeen } from '../../../src/findings/sight/sight.js';
import { checkResult } from '../../../src/findings/result/result.js';
import { checkResultSchema } from '../../../src/findings/result/result-schema.js';
import { networkFor } from '../../../src/findings/sight/room-network.js';
import type { Sight } from '../../../src/findings/sight/sight.js';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { OtherSystem } from '../../../src/errors/kmon-error.js';
import type { OtherSight } from '../../../src/computers/computer.js';
import { sampleConfig } from '../../support/sample-room.js';
import { sightOf } from './sights.js';

const MAC: OtherSystem = { family: 'macos', name: 'macOS 14.4.1', version: '14.4.1' };
const WINDOWS: OtherSystem = { family: 'windows', name: 'Windows 11 Pro', version: '10.0.22631' };
const config = sampleConfig({
  room: {
    ...sampleConfig().room,
    observed: [{ name: 'teacher-mac', address: '192.0.2.20', exporterPort: 9100 }],
  },
});
const seen = (more: Partial<ObservedSeen>): Sight =>
  sightOf({}, { config, observed: [{ name: 'teacher-mac', exporter: 'silent', ...more }] });
const look = (more: Partial<OtherSight> = {}): OtherSight => ({
  listening: true,
  opened: false,
  firewall: 'on',
  ...more,
});

describe('an observed computer', () => {
  it.each<[string, Partial<ObservedSeen>]>([
    ['answers', { exporter: 'open', system: MAC, look: look() }],
    ['could not be tried', { exporter: 'untried' }],
  ])('that %s is no finding', (_, more) => {
    expect(verdicts(seen(more))).toEqual([]);
  });

  it.each<[string, Partial<ObservedSeen>, object]>([
    [
      'nothing is known of',
      {},
      {
        evidence: 'no exporter answers at 192.0.2.20:9100 (silence)',
        remedy:
          'start an exporter there (node_exporter, windows_exporter) and let the parent reach port 9100',
        fixable: false,
      },
    ],
    [
      'has another port',
      { exporter: 'refused', elsewhere: 9182, system: WINDOWS },
      {
        evidence: 'no exporter answers at 192.0.2.20:9100, but one at port 9182',
        remedy: 'write exporter: 9182 for it in kmon.yaml',
        fixable: false,
      },
    ],
    [
      'cannot be looked into',
      { exporter: 'no-route', system: MAC },
      {
        evidence: 'no exporter answers at 192.0.2.20:9100 (no way there); it runs macOS 14.4.1',
        remedy: 'start the exporter there and open its port, with the commands that `kmon check` prints',
        fixable: false,
      },
    ],
    [
      'runs none',
      { exporter: 'refused', system: MAC, look: look({ listening: false }) },
      { cause: 'no program there listens on port 9100 for the network', fixable: false },
    ],
    [
      'has its firewall closed',
      { system: MAC, look: look() },
      { cause: 'the exporter runs, and the firewall there lets nobody in', fixable: true },
    ],
    [
      'has a user who may not open it',
      { system: WINDOWS, look: look({ mayChange: false }) },
      { remedy: 'open its port, with the commands that `kmon check` prints', fixable: false },
    ],
    [
      'obeys a policy',
      { system: WINDOWS, look: look({ futile: 'a policy' }) },
      { cause: 'a policy', fixable: false },
    ],
    [
      'is open, and silent all the same',
      { system: MAC, look: look({ opened: true }) },
      {
        cause: 'the exporter runs, and something between it and the parent drops what is sent',
        fixable: false,
      },
    ],
  ])('that %s is a note', (_, more, said) => {
    expect(verdicts(seen(more))).toEqual([
      expect.objectContaining({ code: 'K-OBSERVED', severity: 'note', machine: 'teacher-mac', ...said }),
    ]);
  });

  it('is in the result for programs', () => {
    const sight = seen({ system: MAC });
    const result = checkResult(sight, verdicts(sight));
    expect(result.observed).toEqual([
      { name: 'teacher-mac', address: '192.0.2.20', port: 9100, exporter: 'silent', system: 'macOS 14.4.1' },
    ]);
    expect(() => checkResultSchema.parse(result)).not.toThrow();
    expect(checkResult(sightOf({}), [])).not.toHaveProperty('observed');
  });
});

describe('the commands to be typed there', () => {
  const texts = (sight: Sight): readonly string[] => commandsThere(sight, verdicts(sight));

  it('are those of its system, for the network of the room', () => {
    const [text, ...others] = texts(seen({ system: MAC, look: look({ interfaceName: 'Wi-Fi 2' }) }));
    expect(others).toEqual([]);
    expect(text).toMatch(/^teacher-mac \(192\.0\.2\.20\) runs macOS 14\.4\.1\./);
    expect(text).toContain('from 192.0.2.0/24 to any port 9100');
    expect(text).toContain("-setmanual 'Wi-Fi 2' 192.0.2.20 255.255.255.0 192.0.2.1");
  });

  it('are also for a machine that was to be a node', () => {
    const error = new KmonError('not-a-node', 'it runs Windows 11 Pro', { system: WINDOWS });
    const [text] = texts(sightOf({}, { unseen: [{ machine: 'pc-11', error }] }));
    expect(text).toMatch(/^pc-11 \(192\.0\.2\.11\) runs Windows 11 Pro\./);
    expect(text).toContain("-LocalPort 9182 -RemoteAddress '192.0.2.0/24'");
  });

  it('are none where they would not help', () => {
    expect(texts(seen({}))).toEqual([]);
    expect(texts(seen({ exporter: 'open', system: MAC }))).toEqual([]);
    expect(texts(seen({ system: WINDOWS, elsewhere: 9182 }))).toEqual([]);
  });
});

describe('the network for it', () => {
  it('is that of the parent, with its way out', () => {
    expect(networkFor(sightOf({}), { address: '192.0.2.20' })).toEqual({
      subnet: '192.0.2.0/24',
      gateway: '192.0.2.1',
    });
  });

  it('is guessed when no machine was seen', () => {
    const nobody = { ...sightOf({}), factsOf: new Map() };
    expect(networkFor(nobody, { address: '10.1.2.3' })).toEqual({ subnet: '10.1.2.0/24' });
  });
});
