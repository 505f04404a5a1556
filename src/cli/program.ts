import { Command, CommanderError, Option } from 'commander';
import { EXIT_CODES, EXIT_MEANING } from '../errors/exit-codes.js';
import type { ErrorCode } from '../errors/exit-codes.js';
import { FLAGS } from './flags.js';
import type { CommonOptions, Flag } from './flags.js';
import type { Io } from './io.js';
import { nearestCommands, nearestFlags } from './suggest-command.js';
import { parseDuration, parsePercent, parseCount } from './values.js';

type FlagName = keyof typeof FLAGS;

/** A command as data: its place in the story, its flags, and what to load when it is called. */
interface Definition {
  readonly name: string;
  readonly summary: string;
  readonly detail: string;
  readonly example: string;
  readonly common: readonly FlagName[];
  readonly own?: readonly (Flag & {
    readonly parse?: (text: string) => unknown;
    readonly standard?: unknown;
  })[];
  readonly load: () => Promise<(io: Io, options: never) => Promise<number>>;
}

const EVERY = ['config', 'json', 'plain'] as const;
const CHANGING = ['dryRun', 'only', ...EVERY, 'yes', 'breakLock'] as const;

/** The workshop in order: this is what `kmon --help` tells. */
const STORY: readonly Definition[] = [
  {
    name: 'new',
    summary: 'ask about the room, try each machine, write a kmon.yaml',
    detail:
      'Asks for the room, the parent, the children, user and key, and logs in to each machine as it goes. Every question has a flag.',
    example: 'kmon new --parent 192.168.1.10 --children 192.168.1.11-14',
    common: ['config', 'json', 'plain', 'yes'],
    own: [
      { flags: '--room <name>', help: 'name of the room (default: that of the folder)' },
      { flags: '--parent <address>', help: 'address of the parent' },
      {
        flags: '--children <list...>',
        help: 'addresses and ranges (192.168.1.11-14), each with a name and a team if you like',
      },
      { flags: '--children-file <file>', help: 'the same from a file, one machine a line' },
      { flags: '--user <name>', help: 'who logs in (default: as ssh would)' },
      { flags: '--key <file>', help: 'private key (default: as ssh would)' },
      { flags: '--names <how>', help: "hostname: the machines' own, place: by their place in the file" },
      { flags: '--pod-subnet <range>', help: 'addresses of pods (default: one that is free)' },
      { flags: '--service-subnet <range>', help: 'addresses of services (default: one that is free)' },
      { flags: '--bundle <folder>', help: 'offline bundle to name in kmon.yaml' },
      { flags: '--no-try', help: 'do not log in to any machine' },
      { flags: '--force', help: 'overwrite a kmon.yaml that is there' },
    ],
    load: async () => (await import('./work/new.js')).newRoom,
  },
  {
    name: 'check',
    summary: 'prove the machines and the network between them, and say what is in the way',
    detail:
      'Reaches every machine, looks at system, identity, ports, addresses, clock and power, and tries the network between them on the real ports. Changes nothing but with --fix, which puts right what can be put right safely; teardown gives it back. --dry-run, --yes, --break-lock and --gateway go with --fix.',
    example: 'kmon check',
    common: CHANGING,
    own: [
      { flags: '--fix [code...]', help: 'put right what kmon can: all of it, or these findings only' },
      { flags: '--gateway <address>', help: 'the gateway of a static address (--fix K-LEASE)' },
    ],
    load: async () => (await import('./work/check.js')).check,
  },
  {
    name: 'init-parent',
    summary: 'make the parent the control plane (kubeadm init, pod network)',
    detail:
      'Prepares the parent, runs kubeadm init and starts the pod network. Done when the API is ready and the node is Ready.',
    example: 'kmon init-parent',
    common: CHANGING,
    load: async () => (await import('./work/init-parent.js')).initParent,
  },
  {
    name: 'join-child',
    summary: 'join the children, all at once (kubeadm join)',
    detail:
      'Prepares the children and joins each with a token of its own. A child that fails is set aside; the others go on.',
    example: 'kmon join-child --only pc-12',
    common: CHANGING,
    load: async () => (await import('./work/join-child.js')).joinChildren,
  },
  {
    name: 'deploy-monitoring',
    summary: 'install Prometheus and node-exporter, and prove that every machine is measured',
    detail: 'Done when every Ready machine has its target up and its CPU and memory series in Prometheus.',
    example: 'kmon deploy-monitoring',
    common: CHANGING,
    load: async () => (await import('./work/deploy-monitoring.js')).deployMonitoring,
  },
  {
    name: 'up',
    summary: 'the four above in one go',
    detail:
      'check, init-parent, join-child, deploy-monitoring. Safe to repeat: a second run changes nothing.',
    example: 'kmon up --dry-run',
    common: CHANGING,
    load: async () => (await import('./work/up.js')).up,
  },
  {
    name: 'status',
    summary: 'one table: machines, cluster state, CPU, memory, load, temperature',
    detail:
      'Changes nothing. A machine without sensors says "no sensor", one whose readings cannot be "sensor lies".',
    example: 'kmon status',
    common: CHANGING,
    load: async () => (await import('./work/status.js')).status,
  },
  {
    name: 'stress',
    summary: 'load the children for a while and watch it (stress-ng)',
    detail:
      'The load ends by itself on the child, even if this computer is lost. Ctrl-C stops it everywhere.',
    example: 'kmon stress --cpu 80 --for 60s --only pc-12',
    common: CHANGING,
    own: [
      { flags: '--cpu <percent>', help: 'load of each CPU', parse: parsePercent, standard: 80 },
      { flags: '--for <duration>', help: 'how long, such as 90s or 2m', parse: parseDuration, standard: 60 },
    ],
    load: async () => (await import('./work/stress.js')).stress,
  },
  {
    name: 'teardown',
    summary: 'give every machine back as it was found, and prove it',
    detail: 'Children first, then the parent. Lists the machines and asks for the name of the room.',
    example: 'kmon teardown',
    common: [...CHANGING, 'room'],
    own: [{ flags: '--local', help: 'give back the computer this runs on; needs no kmon.yaml' }],
    load: async () => (await import('./work/teardown.js')).teardown,
  },
];

const LAB: readonly Definition[] = [
  {
    name: 'up',
    summary: 'make a parent and children as containers on this computer, and a kmon.yaml for them',
    detail:
      'A rehearsal: from there on every command works as in a real room. Needs podman or docker, and root.',
    example: 'kmon lab up --children 2',
    common: ['json', 'plain'],
    own: [
      { flags: '--children <n>', help: 'how many children', parse: parseCount, standard: 2 },
      { flags: '--name <name>', help: 'name of the lab', standard: 'lab' },
      { flags: '--bundle <folder>', help: 'offline bundle to name in kmon.yaml' },
    ],
    load: async () => (await import('./work/lab.js')).labUpCommand,
  },
  {
    name: 'status',
    summary: 'which machines of the lab run',
    detail: 'Changes nothing.',
    example: 'kmon lab status',
    common: ['json', 'plain'],
    own: [{ flags: '--name <name>', help: 'name of the lab', standard: 'lab' }],
    load: async () => (await import('./work/lab.js')).labStatusCommand,
  },
  {
    name: 'down',
    summary: 'remove the lab without a trace',
    detail: 'Containers, network, volumes and the files that lab up wrote here.',
    example: 'kmon lab down',
    common: ['json', 'plain'],
    own: [
      { flags: '--name <name>', help: 'name of the lab', standard: 'lab' },
      { flags: '--image', help: 'remove the base image too' },
    ],
    load: async () => (await import('./work/lab.js')).labDownCommand,
  },
  {
    name: 'link',
    summary: "pull or plug a lab machine's network cable",
    detail: 'For rehearsing a child that is away.',
    example: 'kmon lab link child-2 down',
    common: ['json', 'plain'],
    own: [{ flags: '--name <name>', help: 'name of the lab', standard: 'lab' }],
    load: async () => (await import('./work/lab.js')).labLinkCommand,
  },
];

const CONFIG: readonly Definition[] = [
  {
    name: 'schema',
    summary: 'print the JSON Schema of kmon.yaml, for completion in an editor',
    detail: 'kmon new writes it beside kmon.yaml; for a file of your own, name it in the first line.',
    example: 'kmon config schema',
    common: [],
    load: async () => (await import('./work/config.js')).configSchemaCommand,
  },
];

/** Commands of two words. */
const GROUPS: readonly {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Definition[];
}[] = [
  { name: 'config', summary: 'about kmon.yaml itself', commands: CONFIG },
  { name: 'lab', summary: 'rehearse: a room of containers on this computer', commands: LAB },
];

/** argv to exit code. Never rejects: what reaches this place unforeseen is reported as a bug, 70. */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const run = (definition: Definition) => async (options: CommonOptions, args: readonly string[]) => {
    const command = await definition.load();
    // The flags that commander parsed are those the definition declares; each command types its own.
    exitCode = await command(io, { ...options, args } as never);
  };
  const program = new Command('kmon')
    .description(
      'Turns a room of borrowed computers into a monitored Kubernetes cluster, and gives them back as it found them.',
    )
    .version(io.version)
    .showHelpAfterError('(kmon --help tells the workshop)')
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (s) => void io.stdout.write(s),
      writeErr: (s) => void io.stderr.write(s),
      outputError: (text, write) => {
        write(`${text}${suggestion(text, argv, program)}`);
      },
    })
    .configureHelp({ subcommandTerm: (c) => c.name() })
    .addHelpText('after', epilogue());
  program.exitOverride();
  for (const definition of STORY) add(program, definition, run(definition));
  for (const { name, summary, commands } of GROUPS) {
    const group = program.command(name).description(summary).helpCommand(false);
    group.exitOverride();
    for (const definition of commands) {
      const command = add(group, definition, run(definition));
      if (definition.name === 'link') command.argument('<machine>').argument('<up|down>');
    }
  }
  try {
    await program.parseAsync(asFlag(argv, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
    const { errorText } = await import('../ui/error-text.js');
    io.stderr.write(`${errorText(error, { version: io.version })}\n`);
    return EXIT_CODES.bug;
  }
}

/** `kmon help check` is `kmon check --help`. A word that is no command is left to be refused as one. */
function asFlag(argv: readonly string[], program: Command): string[] {
  const [first, ...others] = argv;
  if (first === undefined) return ['--help'];
  if (first !== 'help') return [...argv];
  const path: string[] = [];
  let at = program;
  for (const word of others) {
    if (at.commands.length === 0) break;
    const next = at.commands.find((c) => c.name() === word);
    if (next === undefined) return [...path, word];
    path.push(word);
    at = next;
  }
  return [...path, '--help'];
}

/** What was probably meant by a word that commander refuses, as a line; empty when nothing is near. */
function suggestion(error: string, argv: readonly string[], program: Command): string {
  const [, kind, word = ''] = /^error: unknown (command|option) '(.*)'$/m.exec(error) ?? [];
  if (kind === undefined) return '';
  const [first = '', second = ''] = argv;
  const called = program.commands.find((c) => c.name() === first);
  const own = called?.commands.find((c) => c.name() === second) ?? called ?? program;
  const near =
    kind === 'option'
      ? nearestFlags(
          word,
          own.options.flatMap(({ long }) => long ?? []),
        )
      : nearestCommands(
          word,
          (called ?? program).commands.map((c) => c.name()),
          called?.name(),
        );
  if (near.length === 0) return '';
  return `(Did you mean ${near.length === 1 ? '' : 'one of '}${near.join(', ')}?)\n`;
}

function add(
  parent: Command,
  d: Definition,
  run: (options: CommonOptions, args: readonly string[]) => Promise<void>,
): Command {
  const command = parent
    .command(d.name)
    .summary(d.summary)
    .description(`${d.summary[0]?.toUpperCase() ?? ''}${d.summary.slice(1)}.\n\n${d.detail}`)
    .addHelpText('after', `\nExample:\n  ${d.example}`)
    .showHelpAfterError(
      `(${parent.name() === 'kmon' ? 'kmon' : `kmon ${parent.name()}`} ${d.name} --help shows its flags)`,
    )
    .exitOverride()
    .action(async (...given: unknown[]) => {
      const self = given.at(-1) as Command;
      await run(self.opts<CommonOptions>(), self.args);
    });
  for (const name of d.common) command.addOption(option(FLAGS[name]));
  for (const own of d.own ?? []) {
    const made = option(own);
    if (own.parse !== undefined) made.argParser(own.parse);
    if (own.standard !== undefined) made.default(own.standard);
    command.addOption(made);
  }
  return command;
}

function option(flag: Flag): Option {
  return new Option(flag.flags, flag.help);
}

function epilogue(): string {
  const examples = STORY.map((d) => `  ${d.example}`).join('\n');
  const codes = Object.entries(EXIT_CODES)
    .map(([code, n]) => `  ${String(n).padStart(3)}  ${EXIT_MEANING[code as ErrorCode]}`)
    .join('\n');
  return `\nExamples, in the order of the workshop:\n${examples}\n\nExit codes:\n    0  done\n${codes}`;
}
