import type { LedgerFacts } from './ledger.js';

/**
 * What one look at a machine found: plain data, parsed once. Units are in the names. What the machine does not tell is empty, 0 or
 * absent: a look never fails because of one missing tool.
 */
export interface Facts {
  readonly hostname: string;
  readonly machineId: string;
  readonly os: {
    readonly id: string;
    readonly like: readonly string[];
    readonly version: string;
    /** Such as bookworm or noble; empty where there is none. */
    readonly codename: string;
    readonly name: string;
    /** Whose packages it takes: its own, or those of what it is made from (Linux Mint: Ubuntu). Absent: neither Debian nor Ubuntu. */
    readonly base?: OsBase;
  };
  /** Who logged in, before sudo. */
  readonly loginUser: string;
  /** Product name of the computer; empty in a container. */
  readonly model: string;
  /** Of the mainboard, lower case; equal on two machines when one is a copied virtual machine. */
  readonly productUuid: string;
  /** As `systemd-detect-virt` would say: none, kvm, oracle, podman, …; empty when it could not be seen. */
  readonly virtualization: string;
  /** Debian's name (amd64, arm64, …): dpkg's own where there is one (a 32 bit system may run a 64 bit kernel), else from `uname -m`. */
  readonly architecture: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly memoryAvailableBytes: number;
  /** Free bytes of the file system that holds /var/lib; the least where kmon's containerd, the kubelet or etcd have another below it. */
  readonly freeDiskBytes: number;
  /** Free inodes of the file system of these that has fewest; 0 also where it does not count them (btrfs). */
  readonly freeInodes: number;
  /** All inodes of the same file system; 0: it does not count them. */
  readonly totalInodes: number;
  /** Kinds of file system by folder, as `stat -f` calls them (ext2/ext3, overlayfs, tmpfs): /var/lib, and those below it that are there. */
  readonly fileSystems: Readonly<Record<string, string>>;
  /** Of the places that kmon and the packages write to: those that even root cannot write (read-only, immutable). */
  readonly unwritable: readonly string[];
  /** Mount points with `noexec` that hold a folder of programs which kmon or the packages run, by that folder. */
  readonly noexec: Readonly<Record<string, string>>;
  readonly cgroup: 1 | 2;
  /** The controllers of control groups that are on (cgroup v1: and mounted); absent when the machine does not tell. */
  readonly cgroupControllers?: readonly string[];
  /** The kernel was started with `cgroup_disable=memory`. */
  readonly memoryCgroupOff: boolean;
  /** The machine is itself a container (a lab machine). */
  readonly container: boolean;
  /** Limits such as oom_score_adj may be raised (CAP_SYS_RESOURCE). */
  readonly mayRaiseLimits: boolean;
  readonly swap: boolean;
  readonly systemd: boolean;
  readonly apt: boolean;
  /** Who holds apt's or dpkg's lock now. */
  readonly aptLock?: { readonly file: string; readonly pid: number; readonly process: string };
  /** Packages that dpkg was stopped half-way with, those that kmon itself brings left out: `half-configured`, `unpacked`, `half-installed`. */
  readonly unfinishedPackages: readonly { readonly name: string; readonly state: string }[];
  /** dpkg was stopped in the middle of something that it has not yet written down as a whole: apt refuses everything. */
  readonly dpkgStopped: boolean;
  readonly links: readonly Link[];
  /** IPv4 addresses with prefix length, by interface. */
  readonly addresses: readonly {
    readonly device: string;
    readonly address: string;
    readonly prefix: number;
  }[];
  /** Who gives the machine its addresses, one entry an address; those that nobody manages are left out. */
  readonly addressing: readonly Addressing[];
  /** The machine's own name resolves there within a second (/etc/hosts, resolver); absent when it could not be asked. */
  readonly hostnameResolves?: boolean;
  /** What could send the machine to sleep in the middle of the lesson. */
  readonly sleep: Sleep;
  /** power-saver, balanced, performance, or another word of the firmware (quiet, cool, …); absent where the computer has none, and in a container. */
  readonly powerProfile?: string;
  /**
   * The proxy that programs of this machine are told to use (/etc/environment, systemd's DefaultEnvironment), without name and password, and what they
   * reach without it; absent when there is none.
   */
  readonly proxy?: {
    readonly url: string;
    /** The one for https; absent where only http, or "all", has one, which not all programs take for https. */
    readonly https?: string;
    readonly noProxy: readonly string[];
  };
  /** The proxy of apt or dnf alone, without name and password: packages come through it, traffic of the room does not. */
  readonly packageProxy?: string;
  /** Kubernetes of another kind that is installed or running: k3s, rke2, microk8s, minikube, k0s. A lone kubelet shows in `units`. */
  readonly otherKubernetes: readonly { readonly name: string; readonly running: boolean }[];
  /** Unicast routes of all tables, so that those of a VPN are among them. "default" for 0.0.0.0/0. */
  readonly routes: readonly {
    readonly destination: string;
    readonly device: string;
    readonly via?: string;
  }[];
  /** Source address and device of the route to the parent (on the parent: its own address and the device that has it). */
  readonly routeToParent?: { readonly source: string; readonly device: string };
  readonly listeners: readonly Listener[];
  /** Machine's clock minus this computer's, corrected for half the round trip, in milliseconds. */
  readonly clockOffsetMs: number;
  /** Which program keeps the clock, and whether it says that the clock is right (only systemd-timesyncd tells without being asked). */
  readonly timeSync: { readonly service?: string; readonly synchronized?: boolean };
  /** Of the computer itself; absent where there is none. */
  readonly battery?: { readonly discharging: boolean; readonly percent?: number };
  /** What the kernel can do, whatever modprobe says: `loadable` is a module that is not loaded. */
  readonly kernelFeatures: Readonly<Record<KernelFeature, 'present' | 'loadable' | 'missing'>>;
  /** Name servers of /etc/resolv.conf. 127.0.0.53 is systemd-resolved's stub, which pods cannot reach. */
  readonly nameServers: readonly string[];
  /** Firewalls that are on: ufw, firewalld. */
  readonly firewalls: readonly string[];
  /**
   * What its packet filters hold that drops, shortened, as their programs tell it; only of those that somebody has made rules in, and that
   * may be asked without loading a part of the kernel.
   */
  readonly packetRules: Readonly<Partial<Record<'nftables' | 'iptables-nft' | 'iptables-legacy', string>>>;
  /** `iptables` is the one that is called legacy. */
  readonly iptablesIsLegacy: boolean;
  /** State of the units that matter to the workshop, by name without `.service`; only those that exist. */
  readonly units: Readonly<Record<string, UnitState>>;
  /** Names of temperature sensors; empty: "no sensor". */
  readonly sensors: readonly string[];
  /** What a kubeadm leaves and another one stumbles over: /etc/kubernetes/admin.conf, its keys, etcd's data, … that exist. */
  readonly kubernetesFiles: readonly string[];
  /** How kmon told the kube-proxy of the cluster that it made on this machine to make its packet rules; absent: it made none here. */
  readonly proxyMode?: 'iptables' | 'nftables';
  /** Of the Kubernetes whose control plane kmon made on this machine, such as "v1.36.3"; absent: it made none here. */
  readonly clusterVersion?: string;
  /** The kubelet that is set up here does not use kmon's container runtime: whatever the ledger says, its cluster is somebody else's. */
  readonly foreignKubelet?: true;
  /** What kmon's ledger says; absent: there is none, so kmon has changed nothing here. */
  readonly ledger?: LedgerFacts;
}

/** The Debian or Ubuntu that a system is, or is made from. */
export interface OsBase {
  readonly distribution: 'debian' | 'ubuntu';
  /** Of the release; empty where it is made from none (Debian testing and sid, Kali), or does not tell from which. */
  readonly codename: string;
  /** Such as 12 or 24.04; empty also for a release that is newer than this program, where only the codename is told. */
  readonly version: string;
}

export type KernelFeature = 'overlay' | 'br_netfilter' | 'vxlan' | 'nf_conntrack';

/** A unit as `systemctl show` tells it: active, inactive, failed, …; enabled, disabled, masked, … */
export interface UnitState {
  readonly active: string;
  readonly enabled: string;
}

/** A network interface, loopback left out. */
export interface Link {
  readonly device: string;
  readonly mac: string;
  /** A network card, and not something that a program made. */
  readonly physical: boolean;
  readonly wireless: boolean;
  readonly up: boolean;
  readonly mtu: number;
}

/** A port in use, and by whom: told by a machine on which a port is in use that the workshop needs (`WATCHED_PORTS`), and where root may see it. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly address: string;
  readonly process?: string;
  readonly pid?: number;
  readonly unit?: string;
  /** The unit by which systemd has the port, for whatever it starts when somebody comes. */
  readonly socketUnit?: string;
}

/** How a device has come to its IPv4 address. */
export interface Addressing {
  readonly device: string;
  readonly address?: string;
  readonly manager: 'NetworkManager' | 'netplan' | 'systemd-networkd' | 'ifupdown' | 'dhcpcd' | 'other';
  /** The address is leased (DHCP), not configured on the machine. */
  readonly leased: boolean;
  /** Until the lease ends, when the machine tells. */
  readonly leaseSeconds?: number;
}

/** What the login manager and the hardware say about sleeping. */
export interface Sleep {
  /** The computer has a lid; a container has none. */
  readonly lid: boolean;
  /** What closing it does by logind's settings, on battery or plugged in: suspend unless they say otherwise; absent without logind. */
  readonly onLidClose?: string;
  /** What logind does when nobody is active: ignore, suspend, … */
  readonly onIdle?: string;
  /** Sleeping is switched off on the whole machine (masked targets), or somebody's lock keeps it awake. */
  readonly prevented: boolean;
}
