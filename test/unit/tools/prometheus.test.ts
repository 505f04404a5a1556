import { describe, expect, it } from 'vitest';
import { activeTargets, askPrometheus, instant, parseAnswers, range } from '../../../src/tools/prometheus.js';
import { recorded } from '../observe/recorded.js';
import { result } from './results.js';
import { assertShellSyntax } from './shell-syntax.js';

const k = { binary: '/opt/kmon/bin/kubectl', kubeconfig: '/etc/kubernetes/admin.conf' };
const at = { namespace: 'monitoring', service: 'kmon-prometheus', port: 'http' };
const PROXY = '/api/v1/namespaces/monitoring/services/kmon-prometheus:http/proxy/api/v1';
const KUBECTL =
  'HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 15s';

describe('askPrometheus', () => {
  it('asks everything in one script, through the API server', () => {
    const command = askPrometheus(k, at, [instant('up == 1'), activeTargets]);
    expect(command.effect).toBe('reads');
    expect(command.script.split('\n')).toEqual([
      `rc=0; ${KUBECTL} get --raw '${PROXY}/query?query=up+%3D%3D+1' 2>&1 || rc=$?; printf '\\n@@kmon %s\\n' "$rc"`,
      `rc=0; ${KUBECTL} get --raw '${PROXY}/targets?state=active' 2>&1 || rc=$?; printf '\\n@@kmon %s\\n' "$rc"`,
    ]);
    assertShellSyntax(command);
  });

  it('escapes what PromQL and names may hold', () => {
    expect(instant(`up{node=~"a'b|c+d"} & x`)).toBe(
      'query?query=up%7Bnode%3D%7E%22a%27b%7Cc%2Bd%22%7D+%26+x',
    );
    expect(range('up', { start: 1, end: 2.5, stepSeconds: 5 })).toBe(
      'query_range?query=up&start=1&end=2.5&step=5',
    );
    expect(askPrometheus(k, { ...at, service: 'a/b' }, [activeTargets]).script).toContain(
      '/services/a%2Fb:http/',
    );
  });
});

describe('parseAnswers', () => {
  it('reads vectors and targets', () => {
    const [vector, targets] = parseAnswers(recorded('room'), 2);
    expect(vector).toMatchObject({ kind: 'vector' });
    expect(vector?.kind === 'vector' ? vector.samples[0] : undefined).toEqual({
      labels: {
        __name__: 'up',
        instance: 'child-1',
        job: 'node-exporter',
        kmon_query: 'up',
        node: 'child-1',
        role: 'child',
        team: 'red',
      },
      value: 1,
      at: 1795236804.728,
    });
    const down = targets?.kind === 'targets' ? targets.targets.filter((t) => t.health === 'down') : [];
    expect(down.map((t) => [t.labels['node'], t.lastError])).toEqual(
      expect.arrayContaining([
        [
          'child-3',
          'Get "http://127.0.0.5:19100/metrics": dial tcp 127.0.0.5:19100: connect: connection refused',
        ],
      ]),
    );
  });

  it('reads a refusal, a matrix and NaN beside each other', () => {
    expect(parseAnswers(recorded('mixed'), 3)).toMatchObject([
      { kind: 'error', message: 'the server rejected our request for an unknown reason' },
      { kind: 'matrix', series: [{ labels: { node: 'parent' }, points: [{ value: 1 }, {}, {}, {}, {}] }] },
      { kind: 'vector', samples: [{ value: NaN }] },
    ]);
  });

  it('reads infinity', () => {
    const data = {
      resultType: 'vector',
      result: ['+Inf', '-Inf', '1e3'].map((v) => ({ metric: {}, value: [1, v] })),
    };
    const text = `Warning: something\n${JSON.stringify({ status: 'success', data })}\n@@kmon 0\n`;
    const [answer] = parseAnswers(result(text), 1);
    expect(answer?.kind === 'vector' ? answer.samples.map((s) => s.value) : []).toEqual([
      Infinity,
      -Infinity,
      1000,
    ]);
  });

  it('says that there is no such service, or no answer', () => {
    expect(parseAnswers(recorded('no-service'), 2)).toEqual([
      { kind: 'error', message: 'services "other" not found' },
      { kind: 'error', message: 'services "other" not found' },
    ]);
    expect(parseAnswers(result('\n@@kmon 1\n'), 1)).toEqual([{ kind: 'error', message: 'no answer' }]);
    const error = '{"status":"error","errorType":"execution","error":"query timed out"}\n@@kmon 0\n';
    expect(parseAnswers(result(error), 1)).toEqual([{ kind: 'error', message: 'query timed out' }]);
    const scalar = '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}\n@@kmon 0\n';
    expect(parseAnswers(result(scalar), 1)).toEqual([{ kind: 'error', message: 'an answer of type scalar' }]);
  });

  it('refuses output that was cut short', () => {
    expect(() => parseAnswers(recorded('room'), 3)).toThrow('2 answers to 3 questions');
  });
});
