import type { EngineKind } from './container-engine-args.js';

/** How `sudo` treats the user on a machine: without a password, or asking for the one in the lab's `sudo-password` file. */
export type SudoManner = 'free' | 'asks';

/** One machine of a lab, as made. */
export interface LabMachine {
  readonly name: string;
  readonly role: 'parent' | 'child';
  readonly address: string;
  readonly container: string;
  readonly sudo: SudoManner;
  /** It is a guest inside of a laptop: the address is the laptop's, which forwards what comes. */
  readonly laptop?: Laptop;
}

/** The computer around a guest, as the room sees it: an address, and what it forwards. */
export interface Laptop {
  readonly name: string;
  readonly container: string;
}

/** Where a laptop takes SSH for its guest: port 22 is its own. */
export const GUEST_SSH_PORT = 2222;

/** A lab whose machines all answer by SSH. */
export interface Lab {
  readonly name: string;
  readonly engine: EngineKind;
  /** Absolute folder with kmon.yaml, the key pair, known_hosts and the password. */
  readonly dir: string;
  readonly configFile: string;
  readonly keyFile: string;
  readonly subnet: string;
  /** Parent first. */
  readonly machines: readonly LabMachine[];
  /** Names of the machines that this call made or started; empty: everything ran already. */
  readonly changed: readonly string[];
}

export interface LabMachineStatus {
  readonly name: string;
  readonly role: 'parent' | 'child' | 'internet';
  /** Absent for a machine that kmon.yaml names and that is not there. */
  readonly address?: string;
  readonly state: 'running' | 'stopped' | 'missing';
  /** The network cable; `none` when the machine does not run. */
  readonly link: 'up' | 'down' | 'none';
  /** Whether an SSH server greets at the address. */
  readonly ssh: boolean;
}

export interface LabStatus {
  readonly name: string;
  readonly engine: EngineKind;
  /** Absent when there is no such lab. */
  readonly dir?: string;
  readonly subnet?: string;
  readonly machines: readonly LabMachineStatus[];
  /** What of the lab's Internet is not as it should be, in words; absent when it has none. */
  readonly faults?: readonly string[];
}

/** What `lab down` removed; all empty when there was no such lab. */
export interface LabRemoved {
  readonly name: string;
  readonly machines: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  readonly files: readonly string[];
  /** Base images, with their archives; only when asked for. */
  readonly images: readonly string[];
}

/** The only user of a lab machine that can log in. */
export const LAB_USER = 'student';

/** child-1 asks for a password, as most students' computers do; the others are set up for a workshop already. */
export function sudoManner(machine: string): SudoManner {
  return machine === 'child-1' ? 'asks' : 'free';
}
