import { describe, expect, it } from 'vitest';
import { HINTS, hintFor } from '../../../src/runner/hints.js';

/** One recorded message for each hint. */
const SAMPLES: Readonly<Record<string, string>> = {
  'package-lock':
    'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1204 (unattended-upgr)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
  'package-state':
    "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
  intercepted:
    'W: Failed to fetch https://pkgs.k8s.io/core:/stable:/v1.36/deb/InRelease  Certificate verification failed: The certificate is NOT trusted. The certificate issuer is unknown.  Could not handshake: Error in the certificate verification. [IP: 192.0.2.7 443]',
  'image-absent':
    '[ERROR ImagePull]: failed to pull image registry.k8s.io/etcd:3.6.8-0: rpc error: code = NotFound desc = failed to pull and unpack image "registry.k8s.io/etcd:3.6.8-0": failed to resolve image: registry.k8s.io/etcd:3.6.8-0: not found',
  'proxy-login':
    'E: Failed to fetch https://download.docker.com/linux/debian/pool/stable/containerd.io_2.4.2-1_amd64.deb  Invalid response from proxy: HTTP/1.0 407 Proxy Authentication Required  Server: tinyproxy/1.11.1 [IP: 192.0.2.2 3128]',
  'cut-off':
    'E: Failed to fetch https://download.docker.com/linux/debian/pool/stable/containerd.io_2.4.2-1_amd64.deb  Error reading from server - read (5: Input/output error) [IP: 192.0.2.2 443]',
  'package-download':
    "Err:1 http://mirror.test bookworm InRelease\n  Temporary failure resolving 'mirror.test'",
  'disk-full': 'tar: usr/bin/kubelet: Cannot write: No space left on device',
  'read-only': "touch: cannot touch '/etc/x': Read-only file system",
  protected: "mv: cannot move '/etc/.hosts.kmon-new' to '/etc/hosts': Operation not permitted",
  'api-refused':
    'The connection to the server 192.168.1.10:6443 was refused - did you specify the right host or port?',
  clock:
    'error execution phase preflight: couldn\'t validate the identity of the API Server: Get "https://kmon:6443": x509: certificate has expired or is not yet valid: current time 2019-01-01T00:00:00Z is before 2026-01-01T00:00:00Z',
  'foreign-authority':
    'Unable to connect to the server: x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error")',
  'port-taken': '\t[ERROR Port-10250]: Port 10250 is in use',
};

describe('hints', () => {
  it('have one recorded sample each', () => {
    expect(HINTS.map((hint) => hint.id)).toEqual(Object.keys(SAMPLES));
  });

  it.each(Object.entries(SAMPLES))('%s speaks on its own sample', (id, sample) => {
    const hint = HINTS.find((h) => h.when.test(sample));
    expect(hint?.id).toBe(id);
    expect(hintFor(sample, 'pc-7')).toBe(hint?.say('pc-7'));
  });

  it('are silent on what they do not know', () => {
    expect(hintFor('error: something new', 'pc-7')).toBeUndefined();
    expect(hintFor('', 'pc-7')).toBeUndefined();
  });

  it('tell an intercepted registry from the API server of another cluster', () => {
    const registry =
      '[ERROR ImagePull]: failed to pull image registry.k8s.io/etcd:3.6.8-0: failed to do request: Head "https://registry.k8s.io/v2/etcd/manifests/3.6.8-0": tls: failed to verify certificate: x509: certificate signed by unknown authority';
    expect(hintFor(registry, 'pc-7')).toContain('trust its authority');
    const server =
      'Get "https://kmon:6443/api/v1/namespaces": tls: failed to verify certificate: x509: certificate signed by unknown authority';
    expect(hintFor(server, 'pc-7')).toContain('kmon teardown');
  });

  it('tell a refused registry from a refused API server', () => {
    expect(hintFor('dial tcp 10.0.0.1:443: connect: connection refused', 'pc-7')).toBeUndefined();
    expect(hintFor('dial tcp 10.0.0.1:6443: connect: connection refused', 'pc-7')).toContain('API server');
  });
});
