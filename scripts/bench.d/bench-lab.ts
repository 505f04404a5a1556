// Real machines for a benchmark: a lab of kmon's own, new for every run.
import { join } from 'node:path';
import type { Lab, LabMachine } from '../../src/lab/lab.js';
import { linesOf } from './event-times.js';
import { withLabFolder } from './lab-folder.js';
import { output, runProgram } from './programs-run.js';
import type { Ran } from './programs-run.js';

export interface LabOptions {
  /** The folder of this project. */
  readonly project: string;
  /** What `scripts/setup cluster` prints last. */
  readonly bundle: string;
  readonly children: number;
  /** Ends what runs just now; the lab is still to be closed. */
  readonly signal: AbortSignal;
}

/** What folder and lab are called, for who clears away what a killed run has left. */
export const KIND = 'bench';
/**
 * What students' computers have and the lab's have not: Ansible does its work by it. For every contender, so that all find the same; and
 * without the lists of packages that it takes, as the lab's machines are.
 */
const USUAL = `apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3 >/dev/null &&
rm -rf /var/lib/apt/lists/*`;

/** A parent and children, with nothing of kmon's on them. */
export class BenchLab {
  readonly machines: readonly LabMachine[];
  /** Holds kmon.yaml, the key pair, known_hosts and the sudo password. */
  readonly folder: string;
  private readonly engine: string;
  private readonly o: LabOptions;

  private constructor(o: LabOptions, made: Lab, folder: string) {
    this.o = o;
    this.machines = made.machines;
    this.engine = made.engine;
    this.folder = folder;
  }

  /** Makes the lab, gives it to `work`, and removes it however that ends. */
  static with<T>(o: LabOptions, work: (lab: BenchLab) => Promise<T>): Promise<T> {
    return withLabFolder(o.project, KIND, async (folder, name) => {
      const up = ['lab', 'up', '--children', String(o.children), '--name', name, '--bundle', o.bundle];
      const made = await kmonIn(o, folder, up);
      const result = linesOf(made.stdout).find((line) => line['type'] === 'result')?.['data'];
      if (made.exitCode !== 0 || result === undefined)
        throw new Error(`there is no lab:\n${made.stdout}${made.stderr}`);
      const lab = new BenchLab(o, result as Lab, folder);
      await Promise.all(lab.machines.map((m) => lab.inMachine(m.name, USUAL)));
      return work(lab);
    });
  }

  get children(): readonly LabMachine[] {
    return this.machines.filter((m) => m.role === 'child');
  }

  get parent(): LabMachine {
    const found = this.machines.find((m) => m.role === 'parent');
    if (found === undefined) throw new Error('the lab has no parent');
    return found;
  }

  /** Runs a script as root on a machine, not through what is measured. */
  inMachine(machine: string, script: string): Promise<string> {
    const found = this.machines.find((m) => m.name === machine);
    const args = ['exec', '--interactive', found?.container ?? machine, 'sh', '-s'];
    // A program of the script must not read the rest of the script from its stdin.
    return output(this.engine, args, { input: `{ ${script}\n} </dev/null`, signal: this.o.signal });
  }

  /** The process id of the machine's init on this computer. */
  async initOf({ container }: LabMachine): Promise<number> {
    return Number(await output(this.engine, ['inspect', '--format', '{{.State.Pid}}', container]));
  }
}

/** Runs kmon with `--json`, with this computer's home folder: base image, packages and mirror are there. */
function kmonIn({ project, signal }: LabOptions, cwd: string, args: readonly string[]): Promise<Ran> {
  return runProgram(process.execPath, [join(project, 'bin/kmon.js'), ...args, '--json'], { cwd, signal });
}
