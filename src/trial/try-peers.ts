import { parseTried } from './answers.js';
import { trialPeers } from './pairs.js';
import { ownAddress, wayOut } from '../facts/place.js';
import { PORTS, reachedPorts } from '../room/ports.js';
import type { Job } from './program.js';
import type { Context, Trial, TrialContext } from '../engine/stage.js';
import { onEveryone } from '../engine/stage.js';
import { allMachines } from '../room/room.js';
import { runProgram } from './run-program.js';
import type { trySources } from './sources.js';
import type { Listening, Tried } from './answers.js';
import type { Opened } from './listen.js';
import type { SourceTrial, Untried } from './network-proof.js';
import type { TrialIdentity } from './run-program.js';

/** Packets of one echo trial, and their spacing: a second in which a loss of one in ten shows, and which a slow link carries. */
const PACKETS = 50;
const SPACING_MS = 20;

const SSH_PORT = 22;

/** What a machine tried; absent: it could not. */
export interface TriedHere {
  readonly tried?: Tried;
  readonly peers: number;
  readonly sources: readonly SourceTrial[];
  readonly untried: readonly Untried[];
}

/** From every machine to its peers, all at once: ports, echoes, the largest packet. With `sources` also where packages and images come from. */
export function tryWays(
  identity: TrialIdentity,
  open: Trial<Opened>,
  sources: typeof trySources | undefined,
): Trial<TriedHere> {
  return {
    id: 'network-try',
    title: 'Try the ways between the machines',
    after: onEveryone(open),
    on: 'room',
    tryOut: async (c) => {
      const listening = listeningIn(c, open);
      const [ways, outside] = await Promise.all([
        tryPeers(c, identity, listening),
        sources?.(c, identity) ?? { sources: [], untried: [] },
      ]);
      return { ...ways, sources: outside.sources, untried: [...ways.untried, ...outside.untried] };
    },
    inWords: ({ peers }) => `tried ${peers} ${peers === 1 ? 'machine' : 'machines'}`,
  };
}

/** By name, the listeners that run. */
export type Listeners = ReadonlyMap<string, Listening>;

export function listeningIn(c: Context, open: Trial<Opened>): Listeners {
  return new Map(
    [...c.seen(open)].flatMap(([name, { listening }]) =>
      listening === undefined ? [] : [[name, listening]],
    ),
  );
}

/** Packets name their sender by its place here. */
export function numbersIn(c: Pick<Context, 'config'>): readonly string[] {
  return allMachines(c.config.room).map(({ name }) => name);
}

async function tryPeers(
  c: TrialContext,
  identity: TrialIdentity,
  listening: Listeners,
): Promise<Omit<TriedHere, 'sources'>> {
  const own = c.machine.name;
  if (!listening.has(own)) return { peers: 0, untried: [] };
  const peers = peersOf(c, listening);
  const ran = await runProgram(c, identity, 'try', [
    ['me', numbersIn(c).indexOf(own)],
    ['packets', PACKETS],
    ['spacing', SPACING_MS],
    ...[own, ...peers].flatMap((name) => portJob(c, listening, name)),
    ...peers.flatMap((name) => echoJob(c, listening, name)),
    ...peers.flatMap((name) => foreignJob(c, listening, name)),
  ]);
  return 'untried' in ran
    ? {
        peers: peers.length,
        untried: [{ machine: own, what: 'the way to the others', because: ran.untried }],
      }
    : { peers: peers.length, tried: parseTried(ran.stdout), untried: [] };
}

/** Only machines whose listener runs. */
function peersOf(m: Context, listening: Listeners): readonly string[] {
  const { room } = m.config;
  const there = allMachines(room)
    .map(({ name }) => name)
    .filter((name) => listening.has(name));
  const parent = there.find((name) => name === room.parent.name);
  const children = there.filter((name) => name !== room.parent.name);
  return trialPeers(room.name, parent, children).get(m.machine.name) ?? [];
}

function portJob(m: Context, listening: Listeners, name: string): Job {
  const machine = allMachines(m.config.room).find((other) => other.name === name);
  if (machine === undefined) return [];
  const number = numbersIn(m).indexOf(name);
  const isOwn = name === m.machine.name;
  return [
    ...reachedPorts(machine, m.config)
      .filter(({ protocol, port }) => protocol === 'tcp' && isThere(listening, name, port))
      .filter(({ port }) => !isOwn || isUncertain(m, listening, port))
      .map(({ port }) => ['tcp', number, isOwn ? ownDoor(m) : machine.address, port] as const),
    // kmon itself has come in there: the last resort when everything else is silent.
    ...(isOwn ? [] : [['ssh', number, machine.address, m.config.logins[name]?.port ?? SSH_PORT] as const]),
  ];
}

/** Where a machine tries its own ports. The laptop's address leads a guest nowhere before it has that too. */
function ownDoor({ machine, facts }: Context): string {
  const has = facts.addresses.some((a) => a.address === machine.address);
  return has ? machine.address : (ownAddress(machine, facts) ?? machine.address);
}

function echoJob(m: Context, listening: Listeners, name: string): Job {
  const machine = allMachines(m.config.room).find((other) => other.name === name);
  const state = listening.get(name)?.ports.find((p) => p.protocol === 'udp')?.state;
  if (machine === undefined || state !== 'opened') return [];
  return [['udp', numbersIn(m).indexOf(name), machine.address, PORTS.overlay.port]];
}

/** What a pod of this machine would send to one of the other's by a route: past guests, whose laptops translate addresses, it goes nowhere. */
function foreignJob(m: Context, listening: Listeners, name: string): Job {
  const names = numbersIn(m);
  const [own, number] = [names.indexOf(m.machine.name), names.indexOf(name)];
  const machine = allMachines(m.config.room)[number];
  const device = wayOut(m.machine, m.facts)?.device;
  const isGuest = m.machine.guest === true || machine?.guest === true;
  if (machine === undefined || device === undefined || isGuest || listening.get(name)?.tap !== true)
    return [];
  const { podSubnet } = m.config.kubernetes;
  return [['foreign', number, device, machine.address, podLike(podSubnet, own), podLike(podSubnet, number)]];
}

/** An address as a pod of the nth machine would have it; where there are no more ranges, of one of them. */
export function podLike(podSubnet: string, n: number): string {
  const [address = '', prefix = ''] = podSubnet.split('/');
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const ranges = 2 ** Math.max(0, 24 - Number(prefix));
  const value = ((a * 256 + b) * 256 + c) * 256 + d + (n % ranges) * 256 + 2 + Math.floor(n / ranges);
  return [value / 2 ** 24, value / 2 ** 16, value / 2 ** 8, value].map((v) => Math.floor(v) % 256).join('.');
}

/**
 * Whether the machine must try its own port, too: another program may have it for another address only, and kube-proxy refuses what comes
 * for a service without pods before any listener sees it.
 */
function isUncertain(m: Context, listening: Listeners, port: number): boolean {
  const { prometheusNodePort, grafanaNodePort } = m.config.monitoring;
  const own = listening.get(m.machine.name)?.ports.find((p) => p.protocol === 'tcp' && p.port === port);
  return own?.state === 'held' || port === prometheusNodePort || port === grafanaNodePort;
}

/** Somebody listens: the trial, or the program that had the port before. */
function isThere(listening: Listeners, name: string, port: number): boolean {
  const found = listening.get(name)?.ports.find((p) => p.protocol === 'tcp' && p.port === port);
  return found !== undefined && found.state !== 'failed';
}
