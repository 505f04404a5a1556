import { describe, expect, it } from 'vitest';
import { sourcesOfChildren, sourcesOfParent } from '../../../src/stages/machine/sources.js';
import { CHILD, ownLedger, PARENT } from '../../support/sample-room.js';
import { attempts } from '../../support/scripted-runner.js';
import type { Setting } from './stage-run.js';
import { play } from './stage-run.js';
import type { Played } from './stage-run.js';

const SAMPLES = 11;

/** All come, but for those that are told. */
const answer = (different: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: SAMPLES }, (_, n) => {
    const good = n < 4 ? `got ${n % 2 === 0 ? 'key' : 'release'}` : 'got other';
    return (different[n] ?? good)
      .split('\n')
      .map((line) => `${n} ${line}\n`)
      .join('');
  }).join('');

const child = (told: string, setting: Setting = {}): Promise<Played> =>
  play(sourcesOfChildren, { child: [attempts('exec perl -', told)] }, { machine: CHILD, ...setting });

describe('where a machine downloads from, before anything is changed', () => {
  it('is nothing to speak of where all of it comes', async () => {
    const played = await child(answer());
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'what has to come from there comes' });
    expect(played.error).toBeUndefined();
    expect(played.journal.map((given) => given.verb)).toEqual(['try']);
  });

  it('keeps the machine from being changed where something does not come, and says which and why', async () => {
    const { error } = await child(
      answer({ 3: 'failed HttpError404 404  Not Found [IP: 192.0.2.1 443]', 8: 'late' }),
    );
    expect(error).toMatchObject({
      code: 'precondition',
      message:
        'download.docker.com:443 answers 404 Not Found to /linux/debian/dists/trixie/InRelease, quay.io:443 does not answer',
    });
    expect(error?.hint).toMatch(/bundle/);
  });

  it('tells all of the reasons', async () => {
    const opened =
      'failed - Certificate verification failed: The certificate is NOT trusted.\nsigner Filter CA';
    const { error } = await child(answer({ 0: 'late', 4: opened, 6: opened }));
    expect(error?.message).toBe('pkgs.k8s.io:443 does not answer');
    expect(error?.evidence).toContain(
      'signed by Filter CA, whom the machine does not trust (ghcr.io, registry.k8s.io)',
    );
  });

  it('is not asked of a machine that is a node already, nor where all is sent, nor in a dry run', async () => {
    for (const setting of [
      { facts: { ledger: ownLedger() } },
      { config: { bundle: '/srv/bundle' } },
      { dryRun: true },
    ]) {
      const played = await play(sourcesOfChildren, {}, { machine: CHILD, ...setting });
      expect(played).toMatchObject({ outcome: 'unchanged', journal: [] });
      const own = await play(sourcesOfParent, {}, { machine: PARENT, ...setting });
      expect(own).toMatchObject({ outcome: 'unchanged', journal: [] });
    }
  });

  it('is no obstacle where it cannot be tried', async () => {
    expect((await child('no-apt\n')).outcome).toBe('unchanged');
  });
});
