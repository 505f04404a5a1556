import { describe, expect, it } from 'vitest';
import {
  helmLatest,
  helmTemplate,
  helmUninstall,
  helmUpgrade,
  parseRelease,
  releaseDigest,
} from '../../../src/tools/helm.js';
import { result } from './results.js';
import { assertShellSyntax, shellWords } from './shell-syntax.js';

const helm = { binary: '/opt/kmon/bin/helm', kubeconfig: '/etc/kubernetes/admin.conf' };
const HELM =
  'HOME=/proc/no-home /opt/kmon/bin/helm --kubeconfig /etc/kubernetes/admin.conf --namespace monitoring';
const at = { release: 'kmon', namespace: 'monitoring' };
const digest = releaseDigest('chart', 'values');

describe('helm commands', () => {
  it('upgrades or installs with the values on stdin', () => {
    const command = helmUpgrade(helm, {
      ...at,
      chart: '/x/kmon-lite',
      values: 'a: 1',
      digest,
      timeoutSeconds: 120,
    });
    expect(command.effect).toBe('changes');
    expect(command.script.trimEnd()).toBe(
      `${HELM} upgrade --install kmon /x/kmon-lite --create-namespace --reset-values --history-max 3 ` +
        `--description 'kmon ${digest}' --timeout 120s  -f -`,
    );
    expect(command.stdin).toBe('a: 1');
    expect(command.timeoutMs).toBe(180_000);
    assertShellSyntax(command);
  });

  it('makes manifests of a folder and a file, without any cluster', () => {
    const command = helmTemplate('helm', {
      ...at,
      chart: '/a room/chart',
      values: '/a room/values.yaml',
      kubernetes: '1.36',
    });
    expect(command.effect).toBe('reads');
    expect(command.script).toBe(
      "helm template kmon '/a room/chart' --namespace monitoring --kube-version 1.36 -f '/a room/values.yaml'",
    );
    expect(command.ok).toEqual([0, 127]);
    assertShellSyntax(command);
  });

  it('waits when asked', () => {
    const command = helmUpgrade(helm, {
      ...at,
      chart: '/x',
      values: '',
      digest,
      timeoutSeconds: 9,
      wait: true,
    });
    expect(shellWords(command, helm.binary)).toContain('--wait');
  });

  it('reads the newest revision and lets absence pass', () => {
    expect(helmLatest(helm, at)).toEqual({
      effect: 'reads',
      script: `${HELM} history kmon --max 4 -o json`,
      ok: [0, 1],
    });
  });

  it('uninstalls whether or not it is there', () => {
    const command = helmUninstall(helm, { ...at, timeoutSeconds: 60 });
    expect(command.script).toBe(`${HELM} uninstall kmon --ignore-not-found --wait --timeout 60s`);
    assertShellSyntax(command);
  });

  it('passes hostile names as one word', () => {
    const evil = `a'b; $(id)`;
    expect(shellWords(helmLatest(helm, { release: evil, namespace: evil }), helm.binary)).toEqual(
      expect.arrayContaining([evil]),
    );
  });
});

describe('parseRelease', () => {
  const row = (more: object): object => ({
    revision: 2,
    updated: '2026-01-02T03:04:05Z',
    status: 'deployed',
    chart: 'kmon-lite-0.1.0',
    app_version: '',
    description: `kmon ${digest}`,
    ...more,
  });

  it('knows what is deployed and from which values', () => {
    expect(parseRelease(result([row({})]))).toEqual({
      state: 'deployed',
      revision: 2,
      chart: 'kmon-lite-0.1.0',
      digest,
      description: `kmon ${digest}`,
    });
  });

  it('has no digest for a release that failed or is not of kmon', () => {
    const failed = parseRelease(result([row({ status: 'failed', description: 'Release "kmon" failed: x' })]));
    expect(failed).toMatchObject({ state: 'failed', description: 'Release "kmon" failed: x' });
    expect(failed).not.toHaveProperty('digest');
  });

  it('knows of one that failed what was deployed before it, and nothing where that failed too', () => {
    const failed = row({ status: 'failed', description: 'Release "kmon" failed: x' });
    const superseded = row({ status: 'superseded' });
    const others = row({ description: 'Upgrade complete' });
    const parsed = (...rows: object[]): object => parseRelease(result(rows));
    expect(parsed(superseded, row({}), failed)).toMatchObject({ state: 'failed', before: { digest } });
    expect(parsed(row({}), failed, failed)).toMatchObject({ state: 'failed', before: { digest } });
    expect(parsed(superseded, others, failed)).toMatchObject({ state: 'failed', before: {} });
    expect(parsed(superseded, others, failed)).not.toHaveProperty('before.digest');
    expect(parsed(failed, failed)).not.toHaveProperty('before');
    expect(parsed(superseded, others)).not.toHaveProperty('digest');
  });

  it.each(['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'])(
    'calls %s interrupted',
    (status) => {
      expect(parseRelease(result([row({ status })])).state).toBe('interrupted');
    },
  );

  it('tells absence from failure', () => {
    expect(parseRelease(result('', { exitCode: 1, stderr: 'Error: release: not found' }))).toEqual({
      state: 'absent',
    });
    expect(parseRelease(result([row({ status: 'uninstalled' })]))).toEqual({ state: 'absent' });
    expect(() =>
      parseRelease(result('', { exitCode: 1, stderr: 'Error: Kubernetes cluster unreachable: x' })),
    ).toThrow(
      expect.objectContaining({ code: 'command', evidence: 'Error: Kubernetes cluster unreachable: x' }),
    );
  });

  it('names the text that is no JSON', () => {
    expect(() => parseRelease(result('hello'))).toThrow(expect.objectContaining({ evidence: 'hello' }));
  });
});

describe('releaseDigest', () => {
  it('depends on the chart and on the values, apart', () => {
    expect(releaseDigest('chart', 'values')).toBe(digest);
    expect(releaseDigest('chartv', 'alues')).not.toBe(digest);
  });
});
