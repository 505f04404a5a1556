/** What the script of one enrolment has to know; a laptop with a guest says the same things as one without. */
export interface GuestScriptFacts {
  /** `http://address:port`, without a slash behind it. */
  readonly page: string;
  readonly session: string;
  readonly room: string;
  /** user@computer of the teacher. */
  readonly by: string;
  /** Processors for which there is an image. */
  readonly architectures: readonly string[];
  /** Between two questions of the laptop. */
  readonly pauseSeconds?: number;
  /** How long the guest may take to show its host keys. */
  readonly bootSeconds?: number;
  /** Where the kernel tells of the processor and the memory, and whether root may run it: for tests. */
  readonly proc?: string;
  readonly asRoot?: boolean;
  /** Whether the script stays when all is done, to keep the laptop awake. */
  readonly stays?: boolean;
}

/** A way in which a laptop of one system has a Linux machine in it. Another way is one more of these. */
export interface GuestWay {
  readonly system: 'windows' | 'macos' | 'linux';
  readonly hypervisor: string;
  /** The programs and commands of the laptop that its scripts call, each with what for. Nothing else of the laptop is used. */
  readonly calls: Readonly<Record<string, string>>;
  /** In templates/: the script is all of them, one after the other. The last one is the way back, which is put on the laptop. */
  readonly templates: readonly string[];
  /** Where the page has the script. */
  readonly path: string;
  readonly script: (templates: readonly string[], facts: GuestScriptFacts) => string;
  /** What is pasted: fetches the script, and runs it only where it is the one that this line was made with. */
  readonly line: (page: string, script: string) => string;
  /** What the laptop's owner runs to have all of it away. */
  readonly leave: string;
}

/** Of the virtual machine; a laptop has one. */
export const GUEST_VM = 'kmon-guest';

/** A laptop with less cannot spare what a node needs. */
export const LEAST_MEMORY_MB = 5700;
export const LEAST_DISK_MB = 15_000;
/** A first start, on a laptop whose own hypervisor is in the way. */
export const BOOT_SECONDS = 420;
