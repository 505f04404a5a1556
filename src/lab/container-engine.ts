import { KmonError } from '../errors/kmon-error.js';
import { WITHOUT_CLOCK, type CgroupVersion, type EngineKind } from './container-engine-args.js';
import { lastLine, type ProgramEnd, type ProgramOptions, type RunProgram } from './process.js';

const SETUP_HINT = 'run scripts/lab-setup as root';

/** The container engine of this computer. */
export interface Engine {
  readonly kind: EngineKind;
  /** The OCI runtime that machines must be made with; absent: the engine's own. */
  readonly runtime?: string;
  readonly cgroups: CgroupVersion;
  /**
   * Runs the engine to its end and gives its stdout. Ctrl-C does not reach it: an engine stopped in the middle of a start leaves
   * namespaces and addresses that belong to nobody.
   * @throws KmonError `command` when it fails, with the line of its stderr that tells why.
   */
  run(args: readonly string[], options?: Omit<ProgramOptions, 'signal'>): Promise<string>;
  /**
   * The same for what makes a machine, see `machineCreateArgs`. podman gives a privileged container whatever capability it has itself, which
   * is why it has none to set the clock here: nor has then what `podman exec` runs in it.
   */
  create(args: readonly string[]): Promise<string>;
  /** The same for calls whose failure is an answer; `signal` only where stopping is harmless. */
  ask(args: readonly string[], options?: ProgramOptions): Promise<ProgramEnd>;
}

/**
 * podman where it is there, docker where its daemon answers.
 *
 * @throws KmonError `precondition` when neither can make machines.
 */
export async function findEngine(run: RunProgram, only?: EngineKind): Promise<Engine> {
  if (only !== 'docker') {
    const info = await run('podman', [
      'info',
      '--format',
      '{{.Host.OCIRuntime.Name}} {{.Host.CgroupsVersion}}',
    ]);
    if (!info.missing) return engineOf(run, 'podman', cgroupsOf(info.stdout), await podmanRuntime(run, info));
  }
  if (only !== 'podman') {
    const info = await run('docker', ['info', '--format', 'docker {{.CgroupVersion}}']);
    if (!info.missing && info.exitCode === 0)
      return engineOf(run, 'docker', cgroupsOf(info.stdout), undefined);
    if (!info.missing) {
      throw new KmonError('precondition', 'there is no podman here, and no docker daemon answers', {
        hint: `${SETUP_HINT}, which installs podman, or start docker`,
        evidence: lastLine(info.stderr),
      });
    }
  }
  throw new KmonError('precondition', 'there is no container engine on this computer (podman or docker)', {
    hint: SETUP_HINT,
  });
}

/** crun, which podman prefers, refuses hybrid cgroups ("not supported"); runc takes them. */
async function podmanRuntime(run: RunProgram, info: ProgramEnd): Promise<string | undefined> {
  if (info.exitCode !== 0) {
    throw new KmonError('precondition', 'podman is there but does not work', {
      hint: SETUP_HINT,
      evidence: lastLine(info.stderr),
    });
  }
  const [runtime, cgroups] = info.stdout.trim().split(' ');
  if (runtime === 'runc' || cgroups === 'v2') return undefined;
  if (!(await run('runc', ['--version'])).missing) return 'runc';
  throw new KmonError(
    'precondition',
    `podman's ${runtime ?? 'runtime'} cannot make machines on cgroups ${cgroups ?? '?'}`,
    {
      hint: `${SETUP_HINT}, which installs runc`,
    },
  );
}

/** podman says "v2", docker "2". */
function cgroupsOf(info: string): CgroupVersion {
  return /\s(?:v?2)$/.test(info.trim()) ? 'v2' : 'v1';
}

function engineOf(
  run: RunProgram,
  kind: EngineKind,
  cgroups: CgroupVersion,
  runtime: string | undefined,
): Engine {
  const output = async (before: readonly string[], args: readonly string[], options?: ProgramOptions) => {
    const [program = kind, ...rest] = [...before, kind, ...args];
    const end = await run(program, rest, { group: true, ...options });
    if (end.exitCode === 0 && !end.missing) return end.stdout;
    throw new KmonError('command', `${kind} ${subject(args)} failed with exit code ${end.exitCode}`, {
      command: `${kind} ${args.join(' ')}`,
      evidence: lastLine(end.stderr),
    });
  };
  return {
    kind,
    cgroups,
    ...(runtime === undefined ? {} : { runtime }),
    ask: (args, options) => run(kind, args, { group: true, ...options }),
    run: (args, options) => output([], args, options),
    create: (args) => output(kind === 'podman' ? WITHOUT_CLOCK : [], args),
  };
}

/** The words that tell what an engine's call was about: up to the first option. */
function subject(args: readonly string[]): string {
  const words = args.filter((arg) => !arg.startsWith('--'));
  return words.slice(0, 2).join(' ');
}
