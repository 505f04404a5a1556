import { describe, expect, it } from 'vitest';
import { verdictOn } from '../../../../src/cluster/key-trials.js';
import { trialsOf } from '../../../../src/cluster/teams/proofs.js';
import type { AttemptOutcome } from '../../../../src/tools/api-attempts.js';

const trials = trialsOf('red', { other: 'blue', node: 'pc-11', fenced: true });
const saidOf = (what: RegExp, answer: AttemptOutcome['answer'], said = ''): string | undefined => {
  const trial = trials.find((t) => what.test(t.what));
  if (trial === undefined) throw new Error(`nothing tries ${String(what)}`);
  return verdictOn('team red', trial, { answer, said });
};

const SAID =
  "violates PodSecurity \"baseline:latest\", and ValidatingAdmissionPolicy 'kmon-team' with binding 'kmon-team' denied request: leave it out";

describe('what a team is tried on', () => {
  it('is what it needs, and every way out of its namespace', () => {
    expect(trials.map(({ must, what }) => `${must}: ${what}`)).toEqual([
      'allowed: list the pods of its own namespace',
      'allowed: list the secrets of its own namespace',
      'allowed: create a deployment in its own namespace',
      'allowed: get the quota of its own namespace',
      'allowed: list the nodes',
      'allowed: list the metrics of the nodes',
      'refused: list the pods of team blue',
      'refused: list the secrets of team blue',
      'refused: list the pods of all namespaces',
      'refused: list the secrets of kube-system',
      'refused: get nodes/proxy of pc-11',
      'refused: create a namespace',
      'refused: update its quota',
      'refused: update its limits',
      'refused: update its namespace',
      'refused: create a rolebinding',
      'refused: create a key for itself',
      'unsafe: create a privileged pod in its own namespace',
      'unsafe: create a service with externalIPs',
      'unsafe: create a pod with a nodeName',
      'unsafe: create a pod of the priority system-node-critical',
      'unsafe: create a pod that tolerates the control plane',
      'unsafe: create a pod that tolerates every machine',
    ]);
  });

  it('has the namespace of everybody for another team where there is none', () => {
    const alone = trialsOf('red', { other: undefined, node: 'pc-11', fenced: true });
    expect(alone.map(({ attempt: { path } }) => path)).toContain('/api/v1/namespaces/default/pods');
  });

  it('is nothing that the API server has no rules for', () => {
    const unfenced = trialsOf('red', { other: 'blue', node: 'pc-11', fenced: false });
    expect(unfenced.filter(({ must }) => must === 'unsafe').map(({ what }) => what)).toEqual([
      'create a privileged pod in its own namespace',
    ]);
  });

  it('is as it must be when rights, and nothing else, refuse what lies beyond', () => {
    const outcomes = { allowed: 'done', refused: 'forbidden', unsafe: 'turned-down' } as const;
    for (const trial of trials) {
      const outcome = { answer: outcomes[trial.must], said: SAID };
      expect(verdictOn('team red', trial, outcome)).toBeUndefined();
    }
  });

  it('names the team and the verb otherwise', () => {
    expect(saidOf(/secrets of kube-system/, 'done')).toBe(
      'team red may list the secrets of kube-system, which must be refused',
    );
    expect(saidOf(/create a namespace/, 'turned-down', 'a webhook')).toContain('which must be refused');
    expect(saidOf(/deployment/, 'forbidden', 'cannot create')).toBe(
      'team red may not create a deployment in its own namespace: cannot create',
    );
    expect(saidOf(/privileged/, 'done')).toContain('team red may create a privileged pod');
    expect(saidOf(/privileged/, 'turned-down', 'exceeded quota')).toContain('which must be refused');
    expect(saidOf(/with a nodeName/, 'done')).toBe(
      'team red may create a pod with a nodeName, which must be refused',
    );
    // Full as it is, it takes no pod of any kind: that proves nothing.
    expect(saidOf(/with a nodeName/, 'turned-down', 'exceeded quota: kmon-team')).toContain(
      'must be refused',
    );
    expect(saidOf(/externalIPs/, 'turned-down', 'Use of external IPs is denied by admission control.')).toBe(
      undefined,
    );
  });

  it('is never proven by no answer', () => {
    expect(saidOf(/pods of team blue/, 'unclear', 'i/o timeout')).toBe(
      'it is not known whether team red may list the pods of team blue: i/o timeout',
    );
    expect(saidOf(/pods of team blue/, 'no-key')).toContain('the key of team red is not taken');
    const [first] = trials;
    if (first !== undefined) expect(verdictOn('team red', first, undefined)).toContain('no answer');
  });
});
