import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import {
  isFresh,
  keptKubeconfigs,
  kubeconfigText,
  parseClusterEntry,
  parseKubeconfig,
  teamKubeconfig,
} from '../../../../src/cluster/teams/kubeconfig.js';
import { Secret } from '../../../../src/shell/secret.js';
import { errorOf } from '../../../support/expect-error.js';
import { tokenOf } from '../../../support/team-token.js';
import { result } from '../../tools/results.js';

const HOUR = 3600;
const cluster = { server: 'https://192.0.2.10:6443', 'certificate-authority-data': 'QUJD' };
const token = new Secret(tokenOf(1000, 1000 + 8 * HOUR));

describe('the kubeconfig of a team', () => {
  it('leads into its namespace, and holds the key as a secret', async () => {
    const made = await kubeconfigText({ team: 'red', room: 'atelier-1', cluster, token });
    expect(parse(made.reveal())).toMatchObject({
      'current-context': 'red',
      contexts: [{ name: 'red', context: { cluster: 'atelier-1', user: 'red', namespace: 'red' } }],
      clusters: [{ name: 'atelier-1', cluster }],
      users: [{ name: 'red', user: { token: token.reveal() } }],
    });
    expect(made.maskIn(`error: ${token.reveal()}`)).toBe('error: ***');
  });

  it('is known again: where it leads, and until when', async () => {
    const made = await kubeconfigText({ team: 'red', room: 'atelier-1', cluster, token });
    const kept = parseKubeconfig(made.reveal());
    expect(kept).toMatchObject({ server: cluster.server, from: 1_000_000, until: (1000 + 8 * HOUR) * 1000 });
    for (const text of ['', '{', 'users: []', made.reveal().replace(/token: .*/, 'token: "a.b.c"')])
      expect(parseKubeconfig(text)).toBeUndefined();
  });

  it('is made anew when half of its time is over, or the cluster is another', async () => {
    const kept = parseKubeconfig(
      (await kubeconfigText({ team: 'red', room: 'atelier-1', cluster, token })).reveal(),
    );
    if (kept === undefined) throw new Error('it was not read');
    expect(isFresh(kept, cluster, (1000 + 3 * HOUR) * 1000)).toBe(true);
    expect(isFresh(kept, cluster, (1000 + 5 * HOUR) * 1000)).toBe(false);
    expect(isFresh(kept, { ...cluster, server: 'https://192.0.2.11:6443' }, 1_000_000)).toBe(false);
  });

  it('is found on this computer whatever kmon.yaml says', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'kmon-test-'));
    onTestFinished(() => {
      rmSync(stateDir, { recursive: true });
    });
    expect(await keptKubeconfigs({ stateDir })).toEqual([]);
    const file = teamKubeconfig({ stateDir }, 'red');
    mkdirSync(join(stateDir, 'teams'));
    writeFileSync(file, '');
    writeFileSync(join(stateDir, 'teams/notes.txt'), '');
    expect(await keptKubeconfigs({ stateDir })).toEqual([file]);
  });
});

describe('what kubectl says of the cluster', () => {
  it('is taken over with what is needed to get there', () => {
    const entry = { ...cluster, 'insecure-skip-tls-verify': true, 'proxy-url': 'http://proxy.test:3128' };
    expect(parseClusterEntry(result(JSON.stringify(entry)))).toEqual(entry);
  });

  it('is an error where it names no server', () => {
    expect(errorOf(() => parseClusterEntry(result('{}'))).message).toContain('did not say where the cluster');
  });
});
