/** What one look at a machine found: plain data, parsed once. Units are in the names. */
export interface Facts {
  readonly hostname: string;
  readonly machineId: string;
  readonly os: {
    readonly id: string;
    readonly like: readonly string[];
    readonly version: string;
    readonly name: string;
  };
  /** As `uname -m` says it, mapped to Debian's name: amd64, arm64, … */
  readonly architecture: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Free bytes of the file system that holds /var/lib. */
  readonly freeDiskBytes: number;
  readonly cgroup: 1 | 2;
  /** The machine is itself a container (a lab machine). */
  readonly container: boolean;
  /** Limits such as oom_score_adj may be raised (CAP_SYS_RESOURCE). */
  readonly mayRaiseLimits: boolean;
  readonly swap: boolean;
  readonly systemd: boolean;
  readonly apt: boolean;
  /** IPv4 addresses with prefix length, by interface. */
  readonly addresses: readonly {
    readonly device: string;
    readonly address: string;
    readonly prefix: number;
  }[];
  readonly routes: readonly {
    readonly destination: string;
    readonly device: string;
    readonly via?: string;
  }[];
  /** Source address and device of the route to the parent (on the parent: of its own address). */
  readonly routeToParent?: { readonly source: string; readonly device: string };
  readonly listeners: readonly Listener[];
  /** Machine's clock minus this computer's, corrected for half the round trip, in milliseconds. */
  readonly clockOffsetMs: number;
  /** Names of temperature sensors; empty: "no sensor". */
  readonly sensors: readonly string[];
  /** Versions of what is installed, by program; absent when it is not on root's PATH or in kmon's own folder. */
  readonly versions: Readonly<Record<string, string>>;
  /** /etc/kubernetes/admin.conf, /etc/kubernetes/kubelet.conf … that exist. */
  readonly kubernetesFiles: readonly string[];
  /** Times kmon's ledger was written to: it exists and holds entries. */
  readonly ledgerEntries: number;
}

/** A port in use, and by whom where root may see it. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly address: string;
  readonly process?: string;
  readonly pid?: number;
  readonly unit?: string;
}
