import { parseCounted, parseListening } from './answers.js';
import type { Listening } from './answers.js';
import { reachedPorts } from '../room/ports.js';
import type { MachineContext, Stage } from '../engine/stage.js';
import { lookingStage, satisfied } from '../engine/stage.js';
import { madeNode } from '../facts/ledger.js';
import { allMachines } from '../room/room.js';
import { runProgram } from './run-program.js';
import type { NetworkTrials } from './seen.js';

/** A listener that nobody stops ends by itself after so long: well more than the trials of a large room take. */
const DEADLINE_SECONDS = 90;

/**
 * Opens the workshop's ports that are free on every machine. A port that another program has is not touched: a connection to it proves
 * the way as well. Only the room's addresses are answered, only when they know the token, and never with more than they sent.
 */
export function openPorts(trials: NetworkTrials): Stage {
  return lookingStage({
    id: 'network-open',
    title: 'Open ports for the trial',
    after: [],
    on: 'all',
    probe: async (m) => {
      trials.names = allMachines(m.config.room).map(({ name }) => name);
      const ports = reachedPorts(m.machine, m.config);
      const stdout = await runProgram(m, trials, {
        program: 'listen',
        what: 'the network',
        job: [
          ['deadline', DEADLINE_SECONDS],
          ['address', m.machine.address],
          ...roomAddresses(m).map((address) => ['room', address] as const),
          ...ports.map(({ protocol, port }) => ['port', protocol, port] as const),
        ],
      });
      const listening = stdout === undefined ? undefined : parseListening(stdout);
      if (listening === undefined) return satisfied('cannot be tried');
      trials.listening.set(m.machine.name, listening);
      trials.untried.push(...notOpened(m, listening));
      const opened = listening.ports.filter((p) => p.state === 'opened').length;
      return satisfied(`${opened} of ${ports.length} ports are free`);
    },
  });
}

/** Stops the listeners, also when the run ends early, and takes what they counted. */
export function stopListening(trials: NetworkTrials): Stage {
  return lookingStage({
    id: 'network-close',
    title: 'Close the ports',
    after: ['network-open'],
    closes: true,
    on: 'all',
    probe: async (m) => {
      const listening = trials.listening.get(m.machine.name);
      if (listening === undefined) return satisfied('none were opened');
      const stdout = await runProgram(m, trials, {
        program: 'stop',
        what: 'what arrived',
        job: [['pid', listening.pid]],
      });
      if (stdout !== undefined) trials.counted.set(m.machine.name, parseCounted(stdout));
      return satisfied('closed');
    },
  });
}

/**
 * What stays unproven: a port that could not be opened, and the overlay's where another program has it, since only who listens can count
 * packets. On a machine of a cluster that kmon made, it is the cluster that has it.
 */
function notOpened(m: MachineContext, listening: Listening): NetworkTrials['untried'] {
  const { name } = m.machine;
  return listening.ports.flatMap(({ protocol, port, state }) => {
    const what = `${protocol.toUpperCase()} ${port}`;
    if (state === 'failed') return [{ machine: name, what, because: 'the port could not be opened' }];
    if (state === 'opened' || protocol === 'tcp' || madeNode(m.facts.ledger)) return [];
    return [{ machine: name, what, because: 'another program has the port' }];
  });
}

/** All addresses of all machines: who has a VPN may send from another one than kmon.yaml says. */
function roomAddresses(m: MachineContext): readonly string[] {
  const configured = allMachines(m.config.room).map(({ address }) => address);
  const own = [...m.factsOf.values()].flatMap((facts) => facts.addresses.map((a) => a.address));
  return [...new Set([...configured, ...own])].filter((address) => !address.startsWith('127.'));
}
