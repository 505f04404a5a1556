import type { Stats } from 'node:fs';
import type { PlatformPath } from 'node:path';

/** Somebody else has a right to a file: who or what says so, as part of a sentence, and the command that takes it back. */
export interface Exposed {
  /** Such as `mode 0644`, `Everyone`. */
  readonly how: string;
  /** It belongs to somebody else, whatever others may do with it. */
  readonly owner?: true;
  readonly remedy: string;
}

/** A program with its arguments, as it is to be started. */
export interface Started {
  readonly program: string;
  readonly args: readonly string[];
  /** The arguments are passed on as they are, without the quotes that Node would add on Windows. */
  readonly verbatim?: boolean;
}

/**
 * What differs between the systems that kmon itself may run on. Everything else in kmon asks this, and never which system it is.
 *
 * What is promised holds for file systems that keep owners and rights. One that has none (a USB stick's) answers as it can: by modes as its
 * mount says, on Windows as icacls does.
 */
export interface Platform {
  readonly name: 'linux' | 'macos' | 'posix' | 'windows';
  /** Its rules for paths. */
  readonly path: PlatformPath;
  /**
   * Whether somebody else than its owner, and those who administer the computer anyway, may read a file.
   *
   * @param stats of that very file, where it is open already
   */
  readers(file: string, stats: Stats): Exposed | undefined;
  /** Whether somebody else may decide what stands in a file, or owns it. */
  writers(file: string, stats: Stats): Exposed | undefined;
  /**
   * Keeps a file or folder that was just made, and is still empty, to who runs kmon. Where modes do that, there is nothing left to do.
   *
   * @throws Error where it could be done, and was not
   */
  shut(path: string, kind: 'file' | 'folder'): void;
  /** The same for a folder of kmon's own that came from elsewhere, if others may read it. None, if it is not there. */
  shutAgain(folder: string): void;
  /** Puts a finished file in the place of another one, which may be open. Rejects as `rename` does. */
  replace(fresh: string, file: string): Promise<void>;
  /** The agent that ssh asks where neither the environment nor its configuration names one. */
  readonly usualAgent?: string;
  /** A path of an agent as people write it, the way that Node opens it. */
  agentPath(written: string): string;
  /** Where the computer's own ssh_config and ssh_known_hosts lie. */
  sshFolder(env: Readonly<Record<string, string | undefined>>): string;
  /** How the person's own shell runs a command line (`Match exec`). */
  shell(command: string, env: Readonly<Record<string, string | undefined>>): Started;
  /** The networks that this computer has routes to, a VPN's among them, as `10.8.0.0/16`; the default route is none of them. */
  routes(): readonly string[];
  /** The number of who runs kmon, as far as there is one. */
  readonly userNumber: number | undefined;
  /** What may stand behind the name of a program in its file. */
  programEndings(env: Readonly<Record<string, string | undefined>>): readonly string[];
  /** A word as a person types it in a shell there, for the hints that kmon prints. */
  quote(word: string): string;
}
