import { describe, expect, it } from 'vitest';
import { healthQuestion, readHealth } from '../../../src/observe/prometheus-health.js';
import type { PrometheusAnswer } from '../../../src/tools/prometheus.js';

const KEEPING = { parent: 'pc-10', retention: '1d12h' };
const GOOD = {
  writes: 0,
  dropped: 0,
  rules: 0,
  reloaded: 1,
  samples: 1000,
  limit: 2e9,
  stored: 1e8,
  free: 5e9,
};

const answer = (said: Readonly<Record<string, number>>): PrometheusAnswer => ({
  kind: 'vector',
  samples: Object.entries(said).map(([kmon_query, value]) => ({ labels: { kmon_query }, value, at: 0 })),
});

describe('what Prometheus says of itself', () => {
  it('is asked at once, of the disk of the parent', () => {
    const question = decodeURIComponent(healthQuestion(KEEPING)).replaceAll('+', ' ');
    for (const name of Object.keys(GOOD)) expect(question).toContain(`"kmon_query", "${name}"`);
    expect(question).toContain('node="pc-10"');
  });

  it('is good when nothing is lost and there is room', () => {
    const checks = readHealth(answer(GOOD), KEEPING);
    expect(checks.map((c) => [c.what, c.good])).toEqual([
      ['write-ahead log', true],
      ['values', true],
      ['rules', true],
      ['configuration', true],
      ['disk', true],
    ]);
    // A thousand samples of two bytes for 36 hours.
    expect(checks.at(-1)?.because).toBe('259 MB for 1d12h at this pace, 100 MB there; 5.0 GB free on pc-10');
    expect(checks.every((c) => c.remedy === undefined)).toBe(true);
  });

  it.each([
    ['writes', 2, 'write-ahead log', '2 failed writes'],
    ['dropped', 30.2, 'values', '30 values dropped in the last ten minutes'],
    ['rules', 1, 'rules', '1 failed evaluations in the last ten minutes'],
    ['reloaded', 0, 'configuration', 'the last one was refused'],
    ['free', 1e8, 'disk', '100 MB free on pc-10'],
  ])('is not when %s is %i, with what to do', (name, value, what, because) => {
    const bad = readHealth(answer({ ...GOOD, [name]: value }), KEEPING).filter((c) => !c.good);
    expect(bad).toEqual([
      {
        what,
        good: false,
        because: expect.stringContaining(because) as string,
        remedy: expect.stringMatching(/.{10}/) as string,
      },
    ]);
  });

  it('says when less is kept than is wished, and when the disk is not known', () => {
    const small = { ...GOOD, limit: 64_800_000, free: undefined };
    const said = Object.fromEntries(Object.entries(small).filter(([, v]) => v !== undefined)) as Record<
      string,
      number
    >;
    expect(readHealth(answer(said), KEEPING).at(-1)).toEqual({
      what: 'disk',
      good: true,
      because:
        '65 MB for 1d12h at this pace, 100 MB there; of the 1d12h about 9 h fit; the free disk of pc-10 is not known',
    });
  });

  it('is not known yet when it has been asked once, since a rate wants two answers', () => {
    expect(readHealth(answer({ writes: 0, reloaded: 1, stored: 1e6, free: 5e9 }), KEEPING)).toEqual([
      {
        what: 'Prometheus',
        good: false,
        because: 'it has only just begun: it has asked itself once',
        remedy: 'run `kmon verify` again in some seconds',
      },
    ]);
  });

  it('is bad when it says nothing', () => {
    expect(readHealth(answer({ free: 5e9 }), KEEPING)).toMatchObject([{ what: 'Prometheus', good: false }]);
    expect(readHealth({ kind: 'error', message: 'no endpoints' }, KEEPING)).toMatchObject([
      { good: false, because: 'it does not answer: no endpoints' },
    ]);
    expect(readHealth(undefined, KEEPING)).toMatchObject([{ good: false }]);
  });
});
