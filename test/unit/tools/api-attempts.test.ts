import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import { parseAttempts, tryWithKubeconfig } from '../../../src/tools/api-attempts.js';
import { result } from './results.js';
import { assertShellSyntax } from './shell-syntax.js';

const pod = { kind: 'Pod', metadata: { name: "it's $HOME `x`" } };
const ATTEMPTS = [
  { verb: 'get', path: '/api/v1/nodes' },
  { verb: 'create', path: '/api/v1/namespaces/red/pods', object: pod },
  { verb: 'replace', path: '/api/v1/namespaces/red', object: {} },
] as const;

describe('trying with a kubeconfig', () => {
  it('asks for each in order, by that file alone, and leaves nothing behind', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const binary = join(folder, 'kubectl');
    writeFileSync(
      binary,
      `#!/bin/sh
echo "$*" >>${folder}/calls; [ "$(stat -c %a kubeconfig)" = 600 ] && cat kubeconfig >${folder}/seen
case "$*" in
  *' create '*) cat >${folder}/object; printf 'Warning: be careful\\nError from server (Forbidden): pods "x" is forbidden\\\\n: exceeded quota' >&2; exit 1 ;;
  *' replace '*) echo 'Error from server (Forbidden): namespaces "red" is forbidden: User "u" cannot update resource "namespaces"' >&2; exit 1 ;;
  *) echo '{"items":[]}' ;;
esac
`,
    );
    chmodSync(binary, 0o755);
    mkdirSync(join(folder, 'tmp'));
    const command = tryWithKubeconfig(
      { binary, kubeconfig: '/etc/kubernetes/admin.conf' },
      new Secret('the key'),
      ATTEMPTS,
    );
    assertShellSyntax(command);
    expect(command.script).not.toContain('the key');
    expect(command.script).not.toContain('admin.conf');
    const stdout = execFileSync('sh', ['-c', command.script], {
      input: 'the key',
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: join(folder, 'tmp') },
    });
    expect(parseAttempts(result(stdout)).map(({ answer }) => answer)).toEqual([
      'done',
      'turned-down',
      'forbidden',
    ]);
    const common = '--kubeconfig kubeconfig --request-timeout 15s';
    expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toEqual([
      `${common} get --raw /api/v1/nodes`,
      `${common} create --raw /api/v1/namespaces/red/pods?dryRun=All -f -`,
      `${common} replace --raw /api/v1/namespaces/red?dryRun=All -f -`,
    ]);
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe('the key');
    expect(JSON.parse(readFileSync(join(folder, 'object'), 'utf8'))).toEqual(pod);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });
});

describe('what came of an attempt', () => {
  it.each([
    ['0 Warning: unsafe', 'done'],
    ['1 error: You must be logged in to the server (Unauthorized)', 'no-key'],
    ['1 Error from server (NotFound): the server could not find the requested resource', 'done'],
    ['1 Error from server (Conflict): the object has been modified', 'done'],
    [
      '1 Error from server (ServiceUnavailable): the server is currently unable to handle the request',
      'done',
    ],
    [
      '1 Error from server (Forbidden): nodes "pc-11" is forbidden: User "u" cannot get resource "nodes/proxy" in API group ""',
      'forbidden',
    ],
    ['1 Error from server (Forbidden): forbidden: User "u" cannot get path "/metrics"', 'forbidden'],
    [
      '1 Error from server (Forbidden): pods "x" is forbidden: violates PodSecurity "baseline:latest"',
      'turned-down',
    ],
    ['1 Error from server (InternalError): an error on the server', 'unclear'],
    ['1 Unable to connect to the server: net/http: TLS handshake timeout', 'unclear'],
    ['127 kubectl: not found', 'unclear'],
    ['', undefined],
  ])('%s', (line, answer) => {
    expect(parseAttempts(result(line)).map((o) => o.answer)).toEqual(answer === undefined ? [] : [answer]);
  });

  it('is told by the error alone, without what the server warns of', () => {
    const [outcome] = parseAttempts(result('1 Warning: be careful Error from server (Forbidden): no\n'));
    expect(outcome?.said).toBe('Error from server (Forbidden): no');
  });
});
