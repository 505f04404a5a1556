import type { Config } from '../../config/config.js';
import type { Facts, Listener } from '../../facts/facts.js';
import { madeNode } from '../../facts/ledger.js';
import type { Machine } from '../../room/machine.js';
import { neededPorts, PORTS } from '../../room/ports.js';
import type { NeededPort } from '../../room/ports.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf, VerdictOf } from '../subject.js';
import { someOf } from '../wording.js';

const { entries, finding } = catalogue({
  'K-PORT-TAKEN': {
    title: 'A port is in use',
    severities: ['stops', 'hurts'],
    cause: 'a part of Kubernetes listens on this port',
    remedy: 'stop the program or the unit that is named',
  },
  'K-EXPORTER': {
    title: `Another node-exporter has port ${PORTS.exporter.port}`,
    severities: ['stops'],
    cause: 'the one of kmon could not start beside it',
    remedy: 'stop it for the lesson: `sudo systemctl stop prometheus-node-exporter`',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;
type Finding = FindingOf<keyof typeof entries>;

/** Programs that hold a port of the workshop. */
const held: Verdict = ({ machine, facts }, { sight }) => {
  const all = takenPorts(sight.config, machine, facts);
  const others = all.filter(({ holder }) => !isTrial(holder));
  const ports = all.filter(({ holder }) => isTrial(holder)).map(({ port }) => String(port.port));
  return [
    ...others.map(({ port, holder }) => taken(machine, port, holder)),
    ...(ports.length === 0 ? [] : [takenByTrial(machine, ports)]),
  ];
};

/** A listener of kmon's own trial of the network, by the name that it gives itself. */
function isTrial({ process }: Listener): boolean {
  return process?.startsWith('kmon-probe') === true;
}

/** Facts are taken before a run opens its own: this one is of another run, and ends by itself. */
function takenByTrial(machine: Machine, ports: readonly string[]): Finding {
  return finding('K-PORT-TAKEN', 'stops', machine, {
    evidence: `${ports.length === 1 ? 'port' : 'ports'} ${someOf(ports, ports.length)} of ${machine.name} still ${ports.length === 1 ? 'belongs' : 'belong'} to another kmon check`,
    cause:
      'somebody else checks this room now, or a check was killed in the middle of its trial of the network',
    remedy: 'wait two minutes at most, until it has ended by itself, and run the command again',
  });
}

/** The ports of the workshop that somebody else's program has on this machine, each with that program. */
export function takenPorts(
  config: Config,
  machine: Machine,
  facts: Facts,
): readonly { readonly port: NeededPort; readonly holder: Listener }[] {
  return neededPorts(machine, config).flatMap((port) => {
    const holder = facts.listeners.find(
      (l) => l.protocol === port.protocol && l.port === port.port && !isOurs(l, port, facts),
    );
    return holder === undefined ? [] : [{ port, holder }];
  });
}

function taken(machine: Machine, port: NeededPort, holder: Listener): Finding {
  const number = port.protocol === 'udp' ? `UDP port ${port.port}` : `port ${port.port}`;
  const who = nameOf(holder);
  const { units } = stoppable(holder);
  if (port.port === PORTS.exporter.port && isExporter(holder)) {
    const stop = units === undefined ? `sudo kill ${holder.pid ?? 'PID'}` : `sudo systemctl stop ${units}`;
    const again = units === undefined ? '' : `, and after it: sudo systemctl start ${units}`;
    return finding('K-EXPORTER', 'stops', machine, {
      evidence: `${number} is taken by ${who}${holder.unit === undefined || holder.socketUnit !== undefined ? '' : ` of ${holder.unit}`}`,
      remedy: `stop it for the lesson: ${stop}${again}`,
    });
  }
  if (port.protocol === 'udp' && holder.process === undefined) {
    return finding('K-PORT-TAKEN', 'stops', machine, {
      evidence: `${number} is taken by an overlay network of another cluster`,
      remedy: 'find it with `ip -d link show type vxlan` and, if its owner agrees: sudo ip link delete NAME',
    });
  }
  const again = machine.role === 'parent' ? 'init-parent' : `join-child --only ${machine.name}`;
  const stop = stopping(holder, port.port);
  return finding('K-PORT-TAKEN', port.severity, machine, {
    evidence: `${number} is taken by ${who}`,
    ...(port.severity === 'hurts'
      ? { cause: 'the monitoring is opened on it, and one of the two could not be reached' }
      : {}),
    remedy:
      port.severity === 'hurts'
        ? `${stop}, or choose another nodePort under \`monitoring\` in kmon.yaml`
        : `${stop} and run \`kmon ${again}\``,
  });
}

/** "k3s-agent (pid 812)"; systemd with a port is its socket unit, and what that started, if anything. */
function nameOf({ process, pid, socketUnit }: Listener): string {
  const program = `${process ?? 'an unknown program'}${pid === undefined ? '' : ` (pid ${pid})`}`;
  if (pid === 1) return socketUnit ?? 'a socket unit of systemd';
  return socketUnit === undefined ? program : `${program} of ${socketUnit}`;
}

/** Units that give the port back when they are stopped, for systemctl: a socket unit first, or it starts its service again. */
function stoppable({ unit, socketUnit }: Listener): { readonly units?: string } {
  const service = unit?.replace(/\.service$/, '');
  const both = [socketUnit, service].filter((name) => name !== undefined);
  return both.length === 0 ? {} : { units: both.join(' ') };
}

/** Programs that have a port for somebody else, by the beginnings of their names: to stop them would stop more than that, or does not last. */
const FOR_OTHERS: readonly { readonly process: RegExp; readonly free: (port: number) => string }[] = [
  {
    process: /^docker-proxy/,
    free: (port) =>
      `stop the container that it was opened for (sudo docker ps --filter publish=${port} shows it) on that machine`,
  },
  {
    process: /^(conmon|rootlessport|slirp4netns|pasta|passt)/,
    free: () =>
      'stop the container that it was opened for (podman ps shows it, as the user who runs it) on that machine',
  },
  {
    process: /^x?inetd$/,
    free: (port) =>
      `take port ${port} out of /etc/inetd.conf or /etc/xinetd.d on that machine, restart inetd or xinetd`,
  },
];

function stopping(holder: Listener, port: number): string {
  const { units } = stoppable(holder);
  const forOthers = FOR_OTHERS.find(({ process }) => process.test(holder.process ?? ''));
  if (forOthers !== undefined && holder.socketUnit === undefined) return forOthers.free(port);
  if (units !== undefined) return `stop it on that machine (sudo systemctl stop ${units})`;
  return holder.pid === 1
    ? 'find its unit on that machine (systemctl list-sockets), stop that'
    : `stop ${nameOf(holder)} on that machine`;
}

/** The exporter of a distribution, by any name that the 15 characters of a process name leave of it. */
function isExporter(holder: Listener): boolean {
  return /^(prometheus-node|node[-_]exporter)/.test(holder.process ?? '');
}

/**
 * What kmon started itself is no obstacle: the right program, on a machine whose ledger says that kmon made it a node. What runs in a
 * pod is in no unit; so an exporter that is in one is the owner's.
 */
function isOurs(listener: Listener, port: NeededPort, facts: Facts): boolean {
  if (!madeNode(facts.ledger) || listener.socketUnit !== undefined) return false;
  if (port.by.length === 0) return listener.process === undefined;
  if (!port.by.some((name) => listener.process?.startsWith(name.slice(0, 15)) === true)) return false;
  return listener.unit === undefined || listener.process?.startsWith('kubelet') === true;
}

/** The workshop's ports, where somebody else has them. */
export const portTaken = subject({ entries, ofMachine: [held] });
