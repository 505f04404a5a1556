import type { ToolPaths } from './paths.js';

/** Where systemd finds the kubelet when it comes from a bundle; packages bring the same two files themselves. */
export const KUBELET = {
  unit: 'kubelet.service',
  unitFile: '/etc/systemd/system/kubelet.service',
  dropInFolder: '/etc/systemd/system/kubelet.service.d',
  dropIn: '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
  /** Read after kubeadm's. */
  proxyDropIn: '/etc/systemd/system/kubelet.service.d/20-kmon-proxy.conf',
} as const;

/** The unit. It fails and is started again until kubeadm has written its configuration; that is how kubeadm wants it. */
export function kubeletUnit(tools: ToolPaths): string {
  return `# Written by kmon; \`kmon teardown\` removes it.
[Unit]
Description=kubelet: the Kubernetes node agent
# No Wants=network-online.target, as the packages have it: reaching that target would outlive the workshop.
After=network-online.target kmon-containerd.service
# Until kubeadm has been here there is nothing to run.
ConditionPathExists=/var/lib/kubelet/config.yaml
StartLimitIntervalSec=0

[Service]
ExecStart=${tools.kubelet}
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
`;
}

/** kubeadm's contract with the unit: which files hold the arguments (see kubeadm's own drop-in of the same name). */
export function kubeletDropIn(tools: ToolPaths): string {
  return `# Written by kmon; \`kmon teardown\` removes it.
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=${tools.kubelet} $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
`;
}

/** The kubelet speaks to the API server and to containerd alone, and to neither through a proxy that all units of the machine are given. */
export const kubeletProxyDropIn = `# Written by kmon; \`kmon teardown\` removes it.
[Service]
UnsetEnvironment=HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy
`;
