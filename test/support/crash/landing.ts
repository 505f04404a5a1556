import { pointNamed } from './point.js';
import type { Changing, Point, When } from './point.js';

const at =
  (command: Changing) =>
  (stage: string, machine: string, intent: RegExp, when: When): Point =>
    pointNamed({ command, stage, machine, intent }, when);
const up = at('up');
const teardown = at('teardown');

/** What is killed at every landing: where a change is half done, by what the machine itself shows of it, and where kmon says what it did. */
export const LANDING: readonly Point[] = [
  // apt goes on by itself, and so does nothing that goes beside it: that is half done. Before containerd is started, or that would be struck first.
  up('packages', 'parent', /^install/, { afterMs: 1500 }),
  up('runtime', 'parent', /^enable and start/, 'begins'),
  up('images', 'parent', /^load/, { afterMs: 1500 }),
  // The API server is ready, and kubeadm has not yet put into the cluster what children need to join it.
  up('init-parent', 'parent', /^kubeadm init/, { until: 'curl -ksf https://127.0.0.1:6443/readyz' }),
  up('join-child', 'parent', /^make a token/, 'ends'),
  up('join-child', 'child-1', /^kubeadm join/, { until: '[ -e /etc/kubernetes/bootstrap-kubelet.conf ]' }),
  up('pod-network', 'child-1', /^write/, 'begins'),
  up('monitoring', 'parent', /^helm upgrade/, { afterMs: 250 }),
  teardown('leave-cluster', 'parent', /^drain/, 'begins'),
  teardown('give-back-children', 'child-1', /kubeadm node/, { until: '! systemctl is-active -q kubelet' }),
  teardown('give-back-children', 'child-1', /packages/, {
    until: "! dpkg-query -W -f '${db:Status-Status}' socat | grep -qx installed",
  }),
  teardown('give-back-parent', 'parent', /kubeadm node/, {
    until: '[ ! -e /etc/kubernetes/manifests/etcd.yaml ]',
  }),
  teardown('give-back-parent', 'parent', /^forget/, 'begins'),
];
