import { parseTried } from './answers.js';
import { trialPeers } from './pairs.js';
import { PORTS, reachedPorts } from '../room/ports.js';
import type { Job } from './program.js';
import type { MachineContext, Stage } from '../engine/stage.js';
import { lookingStage, satisfied } from '../engine/stage.js';
import { allMachines } from '../room/room.js';
import { runProgram } from './run-program.js';
import { trySources } from './sources.js';
import type { SourceHosts } from './sources.js';
import type { NetworkTrials } from './seen.js';

/** Packets of one echo trial, and their spacing: a second in which a loss of one in ten shows, and which a slow link carries. */
const PACKETS = 50;
const SPACING_MS = 20;

const SSH_PORT = 22;

/** From every machine to its peers, all at once: ports, echoes, the largest packet. Also where packages and images come from. */
export function tryWays(trials: NetworkTrials, sourceHosts: SourceHosts): Stage {
  return lookingStage({
    id: 'network-try',
    title: 'Try the ways between the machines',
    after: ['network-open'],
    on: 'all',
    probe: async (m) => {
      const [peers] = await Promise.all([tryPeers(m, trials), trySources(m, trials, sourceHosts)]);
      return satisfied(`tried ${peers} ${peers === 1 ? 'machine' : 'machines'}`);
    },
  });
}

async function tryPeers(m: MachineContext, trials: NetworkTrials): Promise<number> {
  const own = m.machine.name;
  if (!trials.listening.has(own)) return 0;
  const peers = peersOf(m, trials);
  const stdout = await runProgram(m, trials, {
    program: 'try',
    what: 'the way to the others',
    job: [
      ['me', trials.names.indexOf(own)],
      ['packets', PACKETS],
      ['spacing', SPACING_MS],
      ...[own, ...peers].flatMap((name) => portJob(m, trials, name)),
      ...peers.flatMap((name) => echoJob(m, trials, name)),
    ],
  });
  if (stdout !== undefined) trials.tried.set(own, parseTried(stdout));
  return peers.length;
}

/** Only machines whose listener runs. */
function peersOf(m: MachineContext, trials: NetworkTrials): readonly string[] {
  const { room } = m.config;
  const there = allMachines(room)
    .map(({ name }) => name)
    .filter((name) => trials.listening.has(name));
  const parent = there.find((name) => name === room.parent.name);
  const children = there.filter((name) => name !== room.parent.name);
  return trialPeers(room.name, parent, children).get(m.machine.name) ?? [];
}

function portJob(m: MachineContext, trials: NetworkTrials, name: string): Job {
  const machine = allMachines(m.config.room).find((other) => other.name === name);
  if (machine === undefined) return [];
  const number = trials.names.indexOf(name);
  return [
    ...reachedPorts(machine, m.config)
      .filter(({ protocol, port }) => protocol === 'tcp' && isThere(trials, name, port))
      .filter(({ port }) => name !== m.machine.name || isUncertain(m, trials, port))
      .map(({ port }) => ['tcp', number, machine.address, port] as const),
    // kmon itself has come in there: the last resort when everything else is silent.
    ...(name === m.machine.name
      ? []
      : [['ssh', number, machine.address, m.config.logins[name]?.port ?? SSH_PORT] as const]),
  ];
}

function echoJob(m: MachineContext, trials: NetworkTrials, name: string): Job {
  const machine = allMachines(m.config.room).find((other) => other.name === name);
  const state = trials.listening.get(name)?.ports.find((p) => p.protocol === 'udp')?.state;
  if (machine === undefined || state !== 'opened') return [];
  return [['udp', trials.names.indexOf(name), machine.address, PORTS.overlay.port]];
}

/**
 * Whether the machine must try its own port, too: another program may have it for another address only, and kube-proxy refuses what comes
 * for a service without pods before any listener sees it.
 */
function isUncertain(m: MachineContext, trials: NetworkTrials, port: number): boolean {
  const { prometheusNodePort, grafanaNodePort } = m.config.monitoring;
  const own = trials.listening
    .get(m.machine.name)
    ?.ports.find((p) => p.protocol === 'tcp' && p.port === port);
  return own?.state === 'held' || port === prometheusNodePort || port === grafanaNodePort;
}

/** Somebody listens: the trial, or the program that had the port before. */
function isThere(trials: NetworkTrials, name: string, port: number): boolean {
  const found = trials.listening.get(name)?.ports.find((p) => p.protocol === 'tcp' && p.port === port);
  return found !== undefined && found.state !== 'failed';
}
