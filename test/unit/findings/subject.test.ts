import { expect, it } from 'vitest';
import { catalogue, chapter, subject } from '../../../src/findings/subject.js';
import { CHILD } from '../../support/sample-room.js';

const entry = { title: 'It rains', cause: 'clouds', remedy: 'wait' } as const;
const rain = catalogue({ 'K-RAIN': { ...entry, severities: ['note'] } });
const snow = catalogue({ 'K-SNOW': { ...entry, severities: ['stops', 'note'], fix: 'sweeps' } });
const seen = { evidence: 'wet', remedy: 'an umbrella' };

it('says a finding with the cause of its entry, unless the verdict knows better', () => {
  expect(rain.finding('K-RAIN', 'note', CHILD, seen)).toEqual({
    code: 'K-RAIN',
    severity: 'note',
    machine: CHILD.name,
    evidence: 'wet',
    cause: 'clouds',
    remedy: 'an umbrella',
    fixable: false,
  });
  const told = snow.finding('K-SNOW', 'stops', undefined, { ...seen, cause: 'winter', fixable: true });
  expect(told).toMatchObject({ cause: 'winter', fixable: true });
  expect(told).not.toHaveProperty('machine');
});

it('lets a verdict say only what its chapter has an entry for', () => {
  const says = () => [rain.finding('K-RAIN', 'note', undefined, seen)];
  const one = subject({ entries: rain.entries, ofRoom: [says] });
  const foreign = subject({ entries: snow.entries, ofRoom: [says] });
  chapter('Weather', [one]);
  // Subjects of one chapter may use each other's codes.
  chapter('Weather', [one, foreign]);
  // @ts-expect-error K-RAIN is not in this chapter
  chapter('Weather', [foreign]);
  // @ts-expect-error rain never stops anything
  rain.finding('K-RAIN', 'stops', undefined, seen);
  // @ts-expect-error nothing can be done about rain
  rain.finding('K-RAIN', 'note', undefined, { ...seen, fixable: true });
  // @ts-expect-error it is another subject's
  expect(() => rain.finding('K-SNOW', 'note', undefined, seen)).toThrow();
});
