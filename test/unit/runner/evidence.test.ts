import { describe, expect, it } from 'vitest';
import { evidence, shorten } from '../../../src/runner/evidence.js';

const of = (stderr: string, stdout = ''): string | undefined => evidence({ stdout, stderr });

describe('evidence', () => {
  it.each([
    [
      'kubeadm preflight',
      '[preflight] Running pre-flight checks\n\t[WARNING FileExisting-tc]: tc not found\nerror execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR Swap]: running with swap on is not supported\n\t[ERROR Port-10250]: Port 10250 is in use\n[preflight] If you know what you are doing, …\n',
      '[ERROR Swap]: running with swap on is not supported',
    ],
    [
      'kubectl',
      'W0101 deprecated\nerror: no context exists with the name: "x"\n',
      'error: no context exists with the name: "x"',
    ],
    [
      'kubectl refused',
      "E0101 memcache.go: couldn't get current server\nThe connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?\n",
      'The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?',
    ],
    [
      'helm',
      'coalesce.go:286: warning: skipped value\nError: release kmon failed\n',
      'Error: release kmon failed',
    ],
    [
      'apt',
      'WARNING: apt does not have a stable CLI interface.\nE: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt)\nN: Be aware\nE: Unable to acquire\n',
      'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt)',
    ],
    [
      'apt without the list that has the package',
      "W: Failed to fetch https://pkgs.k8s.io/core:/stable:/v1.36/deb/InRelease  Could not resolve 'pkgs.k8s.io'\nE: Unable to locate package kubeadm\n",
      "W: Failed to fetch https://pkgs.k8s.io/core:/stable:/v1.36/deb/InRelease Could not resolve 'pkgs.k8s.io'",
    ],
    [
      'apt with all its lists',
      'E: Unable to locate package kubeadm\nE: Unable to locate package kubelet\n',
      'E: Unable to locate package kubeadm',
    ],
    [
      'a program with its name',
      'sysctl: error: permission denied\nbye\n',
      'sysctl: error: permission denied',
    ],
    [
      'kind, through which docker speaks',
      'ERROR: failed to list clusters: command "docker ps -a" failed with error: exit status 1\n\nCommand Output: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
      'Command Output: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    ],
    [
      'kind, through which podman speaks',
      'ERROR: failed to create cluster: failed to pull image "kindest/node": command "podman pull kindest/node" failed with error: exit status 125\n\nCommand Output: Trying to pull kindest/node...\nError: initializing source: dial tcp: lookup registry-1.docker.io: no such host\n',
      'Error: initializing source: dial tcp: lookup registry-1.docker.io: no such host',
    ],
    [
      'a command that says no more',
      'ERROR: failed to list nodes: command "docker ps" failed with error: exit status 1\nbye\n',
      'ERROR: failed to list nodes: command "docker ps" failed with error: exit status 1',
    ],
    [
      'minikube',
      '* kmon-solo\nX Exiting due to RSRC_INSUFFICIENT_CORES: has less than 2 CPUs available\n* Suggestion: more\n',
      'X Exiting due to RSRC_INSUFFICIENT_CORES: has less than 2 CPUs available',
    ],
    ['fatal', 'note\nfatal: not a git repository\nhelp\n', 'fatal: not a git repository'],
    ['the last line otherwise', 'one\ntwo\n\n  \n', 'two'],
  ])('%s', (_name, stderr, line) => {
    expect(of(stderr, 'stdout does not count\n')).toBe(line);
  });

  it('takes the last line of stdout when stderr is silent', () => {
    expect(of(' \n', 'first\nlast\n\n')).toBe('last');
    expect(of('', '')).toBeUndefined();
  });

  it('strips colours, titles, control characters and what a progress bar overwrote', () => {
    expect(of('\u001b[1;31merror:\u001b[0m bad\u0007\n')).toBe('error: bad');
    expect(of('\u001b]0;title\u0007plain\n')).toBe('plain');
    expect(of('10%\r50%\r100% done\r\n')).toBe('100% done');
    expect(of('a\u0000b\u009bc\n')).toBe('abc');
  });

  it('shortens a long line in its middle: the cause is at the end', () => {
    const line = of(`error: ${'x'.repeat(5000)}: connection refused\n`) ?? '';
    expect(line).toHaveLength(300);
    expect(line).toMatch(/^error: x+ … x+: connection refused$/);
  });
});

describe('shorten', () => {
  it('makes one line of several', () => {
    expect(shorten('set -e\n  do this\n\tthen that\n', 80)).toBe('set -e do this then that');
  });
});
