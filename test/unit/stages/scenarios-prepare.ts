import { forAddons } from '../../../src/stages/machine/for-addons.js';
import { images } from '../../../src/stages/machine/images.js';
import { kubelet } from '../../../src/stages/machine/kubelet.js';
import { installPackages, installPrograms } from '../../../src/stages/machine/packages.js';
import { runtime } from '../../../src/stages/machine/runtime.js';
import { system } from '../../../src/stages/machine/system.js';
import { tools } from '../../../src/stages/machine/tools.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { inner } from '../../support/guest-facts.js';
import { CHILD, OTHER, PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import type { Scenario } from './scenario.js';
import { noting } from './stage-run.js';
import { looks, looksOtherwise } from './things.js';

const bundle = sampleBundle();
const GUEST = { ...CHILD, guest: true } as const;
const ofGuests = {
  room: { name: 'atelier-1', parent: PARENT, children: [GUEST, OTHER], observed: [] },
  kubernetes: { ...DEFAULTS.kubernetes, network: 'vxlan' as const },
};
const routes = { kubernetes: { ...DEFAULTS.kubernetes, version: '1.36', network: 'routes' as const } };

const installed = `${'a'.repeat(64)}  /opt/kmon/bin/kubeadm\n${'b'.repeat(64)}  /opt/kmon/charts/kmon-lite-0.1.0.tgz\n`;
const loaded = bundle.parts.flatMap((p) => p.images).join('\n');
const containerd = (state: string): Step =>
  asks(
    'containerd --version',
    `containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1\n${state}\n`,
  );

const noneOfOwners = asks(' containerd 2>/dev/null', '');
const noDocker = asks('dpkg-query', '');

/** What every machine needs before kubeadm. */
export const PREPARE: readonly Scenario[] = [
  {
    name: 'tools',
    stage: () => tools,
    setting: { machine: PARENT, bundle },
    bare: { parent: [asks('sha256sum')] },
    work: {
      parent: [...noting, does('copy kubeadm v1.36.3 (40 MB) to /opt/kmon/bin/kubeadm')],
    },
    done: { parent: [asks('sha256sum', installed)] },
  },
  {
    name: 'program-packages',
    stage: () => installPrograms,
    setting: { machine: PARENT },
    bare: { parent: [noneOfOwners, looks('bare')] },
    inferred: { parent: [looks('bare')] },
    work: {
      parent: [
        ...noting,
        does(/^add the source of packages https:\/\/pkgs\.k8s\.io/),
        does(/^add the source of packages https:\/\/download\.docker\.com/),
        does(/^add the source of packages https:\/\/packages\.buildkite\.com/),
        does(/^install conntrack, .*helm.*kubeadm, kubectl, kubelet/),
        looks('done'),
      ],
    },
    done: { parent: [noneOfOwners, looks('done')] },
  },
  {
    name: 'packages',
    stage: () => installPackages,
    setting: { bundle, config: routes },
    bare: { child: [noDocker, looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [...noting, does(/^install conntrack/), looks('done')],
    },
    done: { child: [noDocker, looks('done')] },
  },
  {
    name: 'system',
    stage: () => system,
    setting: {},
    bare: { child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how 8 things was before'),
        does('load the kernel module overlay'),
        does('load the kernel module br_netfilter'),
        does('set net.ipv4.ip_forward = 1 (now 0)'),
        does('set net.bridge.bridge-nf-call-iptables = 1 (now 0)'),
        does('set net.bridge.bridge-nf-call-ip6tables = 1 (now 0)'),
        does('write /etc/modules-load.d/kmon.conf'),
        does('write /etc/sysctl.d/99-kmon.conf'),
        does('name kmon-parent, pc-10, pc-11 in /etc/hosts'),
        looks('done'),
      ],
    },
    done: { child: [looks('done')] },
  },
  {
    name: 'system-of-guest',
    stage: () => system,
    setting: { machine: GUEST, facts: inner(), config: ofGuests },
    bare: { child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how 15 things was before'),
        does('load the kernel module overlay'),
        does('load the kernel module br_netfilter'),
        does('set net.ipv4.ip_forward = 1 (now 0)'),
        does('set net.bridge.bridge-nf-call-iptables = 1 (now 0)'),
        does('set net.bridge.bridge-nf-call-ip6tables = 1 (now 0)'),
        does('set net.ipv4.conf.all.rp_filter = 2 (now 0)'),
        does('set net.ipv4.conf.all.arp_ignore = 1 (now 0)'),
        does('set net.ipv4.conf.all.arp_announce = 2 (now 0)'),
        does('write /etc/modules-load.d/kmon.conf'),
        does('write /etc/sysctl.d/99-kmon.conf'),
        does('give the guest the address of its laptop, 192.0.2.11'),
        does("keep the laptop's address for the next start"),
        does('write /etc/systemd/system/kmon-pod-network.service'),
        does('enable kmon-pod-network.service'),
        does('name kmon-parent, pc-10, pc-11 in /etc/hosts'),
        looks('done'),
      ],
    },
    done: { child: [looks('done')] },
  },
  {
    name: 'runtime',
    stage: () => runtime,
    setting: { bundle, config: routes },
    bare: { child: [containerd('down'), looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        ...noting,
        does('make the folder /etc/kmon/cni/net.d'),
        does('write /etc/kmon/containerd.toml'),
        does('write /etc/systemd/system/kmon-containerd.service'),
        does('enable and start kmon-containerd.service'),
        looks('done'),
        containerd('down'),
        containerd('ready'),
      ],
    },
    half: {
      bare: { child: [containerd('ready'), looksOtherwise('file /etc/kmon/containerd.toml')] },
      work: {
        child: [
          ...noting,
          does('write /etc/kmon/containerd.toml'),
          looks('done'),
          does('restart kmon-containerd.service'),
          containerd('stale'),
          containerd('ready'),
        ],
      },
    },
    done: { child: [containerd('ready'), looks('done')] },
  },
  {
    name: 'images',
    stage: () => images,
    setting: { bundle },
    bare: { child: [asks('images ls')] },
    work: {
      child: [asks('ledger.jsonl'), does('load 2 images: node (40 MB)'), asks('images ls', loaded)],
    },
    done: { child: [asks('images ls', loaded)] },
  },
  {
    name: 'for-addons',
    stage: () => forAddons,
    setting: { machine: PARENT, bundle },
    bare: { parent: [asks('sha256sum'), asks('images ls')] },
    work: {
      parent: [
        ...noting,
        does('copy kmon-lite v1.36.3 (40 MB) to /opt/kmon/charts/kmon-lite-0.1.0.tgz'),
        does('load 2 images: monitoring (40 MB)'),
        asks('images ls', loaded),
      ],
    },
    done: { parent: [asks('sha256sum', installed), asks('images ls', loaded)] },
  },
  {
    name: 'kubelet',
    stage: () => kubelet,
    setting: { bundle },
    bare: { child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        ...noting,
        does('write /etc/systemd/system/kubelet.service'),
        does('write /etc/systemd/system/kubelet.service.d/10-kubeadm.conf'),
        does('enable kubelet.service'),
        looks('done'),
      ],
    },
    done: { child: [looks('done')] },
  },
];
