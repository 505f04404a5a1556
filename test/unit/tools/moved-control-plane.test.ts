import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { moveControlPlane } from '../../../src/tools/moved-control-plane.js';
import { askWhereProxyLooks, placesOfProxy } from '../../../src/tools/kube-proxy.js';
import { assertShellSyntax } from './shell-syntax.js';

const FILES: Readonly<Record<string, string>> = {
  'kubelet.conf': 'server: https://kmon-parent:6443\n',
  'scheduler.conf': 'server: https://10.77.0.10:6443\n',
  'controller-manager.conf': 'server: https://10.77.0.10:6443\n',
  'manifests/kube-apiserver.yaml': `kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.77.0.10:6443
spec:
  containers:
  - command:
    - --advertise-address=10.77.0.10
    - --service-cluster-ip-range=10.77.0.100/28
    - --x=110.77.0.10,10.77.0.101,10.77.0x10
    livenessProbe: { httpGet: { host: 10.77.0.10 } }
`,
  'manifests/etcd.yaml': `    - --listen-client-urls=https://127.0.0.1:2379,https://10.77.0.10:2379
    - --initial-cluster=pc-10=https://10.77.0.10:2380
`,
  'manifests/kube-scheduler.yaml': '    - --bind-address=0.0.0.0\n',
  'pki/apiserver.crt': 'old',
  'pki/apiserver.key': 'old',
  'pki/ca.key': 'kept',
  'pki/etcd/server.crt': 'old',
  'pki/etcd/server.key': 'old',
  'pki/etcd/peer.crt': 'old',
  'pki/etcd/peer.key': 'old',
};

/** A folder like /etc/kubernetes, and programs that say what they were called with. `fails`: the first call of kubeadm for that. */
function machine(): {
  readonly root: string;
  move(
    fails?: string,
    way?: { readonly from: string; readonly to: string },
  ): { status: number | null; called: string };
} {
  const root = mkdtempSync(join(tmpdir(), 'kmon-moved-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  for (const folder of ['bin', 'etc/manifests', 'etc/pki/etcd', 'kubelet'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(root, 'etc', file), text);
  writeFileSync(join(root, 'kubelet/flags'), 'KUBELET_KUBEADM_ARGS="--node-ip=10.77.0.10 --v=2"\n');
  const says = (name: string, then = ''): void => {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\necho ${name} "$@" >>${root}/called\n${then}`, {
      mode: 0o755,
    });
  };
  says('systemctl');
  says('ctr');
  says(
    'kubeadm',
    `[ "$4" != "$FAILS" ] || exit 1
case $4 in apiserver) f=apiserver ;; *) f=etcd/\${4#etcd-} ;; esac
[ ! -e ${root}/etc/pki/$f.crt ] || exit 3
echo new >${root}/etc/pki/$f.crt; echo new >${root}/etc/pki/$f.key`,
  );
  return {
    root,
    move: (fails = '', { from, to } = { from: '10.77.0.10', to: '10.77.0.9' }) => {
      const { script } = moveControlPlane(
        { kubeadm: 'kubeadm' },
        { from, to, configFile: '/etc/kmon/kubeadm-init.yaml' },
      );
      const here = script
        .replaceAll('/etc/kubernetes', join(root, 'etc'))
        .replaceAll('/var/lib/kubelet/kubeadm-flags.env', join(root, 'kubelet/flags'));
      rmSync(join(root, 'called'), { force: true });
      const { status } = spawnSync('sh', ['-c', here], {
        env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, FAILS: fails },
        encoding: 'utf8',
      });
      return {
        status,
        called: execFileSync('sh', ['-c', `cat ${root}/called 2>/dev/null || :`], { encoding: 'utf8' }),
      };
    },
  };
}

const read = (root: string, file: string): string => readFileSync(join(root, 'etc', file), 'utf8');

function isMoved(root: string): void {
  const server = read(root, 'manifests/kube-apiserver.yaml');
  expect(server).toContain('--advertise-address=10.77.0.9\n');
  expect(server).toContain('endpoint: 10.77.0.9:6443\n');
  expect(server).toContain('host: 10.77.0.9 }');
  expect(server).toContain('--service-cluster-ip-range=10.77.0.100/28\n');
  expect(server).toContain('--x=110.77.0.10,10.77.0.101,10.77.0x10\n');
  expect(read(root, 'manifests/etcd.yaml'))
    .toBe(`    - --listen-client-urls=https://127.0.0.1:2379,https://10.77.0.9:2379
    - --initial-cluster=pc-10=https://10.77.0.9:2380
`);
  expect(read(root, 'scheduler.conf')).toBe('server: https://10.77.0.9:6443\n');
  expect(read(root, 'kubelet.conf')).toBe(FILES['kubelet.conf']);
  for (const file of ['apiserver', 'etcd/server', 'etcd/peer'])
    expect(read(root, `pki/${file}.crt`)).toBe('new\n');
  expect(read(root, 'pki/ca.key')).toBe('kept');
  expect(readdirSync(join(root, 'etc/manifests')).toSorted()).toEqual([
    'etcd.yaml',
    'kube-apiserver.yaml',
    'kube-scheduler.yaml',
  ]);
  expect(readdirSync(join(root, 'etc'))).not.toContain('kmon-moving.new');
  expect(readFileSync(join(root, 'kubelet/flags'), 'utf8')).toContain('--node-ip=10.77.0.9 --v=2"');
}

describe('a control plane with another address', () => {
  it('has it everywhere, and certificates made for it', () => {
    const { root, move } = machine();
    const { status, called } = move();
    expect(status).toBe(0);
    expect(called.match(/^kubeadm .*$/gm)).toEqual(
      ['apiserver', 'etcd-server', 'etcd-peer'].map(
        (phase) => `kubeadm init phase certs ${phase} --config /etc/kmon/kubeadm-init.yaml`,
      ),
    );
    expect(called).toContain('systemctl restart kubelet');
    isMoved(root);
  });

  it.each(['apiserver', 'etcd-server', 'etcd-peer'])(
    'is found not to have it where that broke off at %s, and gets it then',
    (phase) => {
      const { root, move } = machine();
      expect(move(phase).status).not.toBe(0);
      expect(read(root, 'manifests/kube-apiserver.yaml')).toContain('--advertise-address=10.77.0.10\n');
      expect(move().status).toBe(0);
      isMoved(root);
    },
  );
});

describe('one that broke off', () => {
  it('gets yet another address as a whole, and its own again', () => {
    const { root, move } = machine();
    expect(move('etcd-server', { from: '10.77.0.10', to: '10.77.0.77' }).status).not.toBe(0);
    expect(read(root, 'scheduler.conf')).toBe('server: https://10.77.0.77:6443\n');
    expect(read(root, 'kmon-moving')).not.toContain('whole');
    // Back where it was.
    expect(move('', { from: '10.77.0.10', to: '10.77.0.10' }).status).toBe(0);
    expect(read(root, 'scheduler.conf')).toBe(FILES['scheduler.conf']);
    expect(read(root, 'manifests/etcd.yaml')).toBe(FILES['manifests/etcd.yaml']);
    expect(read(root, 'kmon-moving')).toMatch(/\nwhole\n$/);
    expect(move('etcd-server', { from: '10.77.0.10', to: '10.77.0.77' }).status).not.toBe(0);
    expect(move().status).toBe(0);
    isMoved(root);
  });
});

describe('where a kube-proxy looks for the API', () => {
  it('is read of its own copy of /etc/hosts', () => {
    assertShellSyntax(askWhereProxyLooks);
    expect(placesOfProxy('/etc/kubernetes/kubelet.conf\nkube-proxy 10.77.0.10\n')).toEqual(['10.77.0.10']);
    expect(placesOfProxy('')).toEqual([]);
  });
});
