import type { Context, Trial } from '../engine/stage.js';
import { onEveryone } from '../engine/stage.js';
import type { Work } from '../engine/stage.js';
import { madeNode } from '../facts/ledger.js';
import type { Machine } from '../room/machine.js';
import { reachedPorts } from '../room/ports.js';
import { allMachines } from '../room/room.js';
import { parseCounted, parseListening } from './answers.js';
import type { Counted, Listening } from './answers.js';
import { runProgram } from './run-program.js';
import type { TrialIdentity } from './run-program.js';
import type { Untried } from './network-proof.js';

/** A listener that nobody stops ends by itself after so long: well more than the trials of a large room take. */
const DEADLINE_SECONDS = 90;

/** The listener of a machine; absent: it does not run. */
export interface Opened {
  readonly listening?: Listening;
  readonly untried: readonly Untried[];
}

/** What is forwarded comes to another address than the one that a guest is known by. */
function listensOn({ address, guest }: Machine): string {
  return guest === true ? '0.0.0.0' : address;
}

/** What the listener of a machine counted until it was stopped. */
export interface Closed {
  readonly counted?: Counted;
  readonly untried: readonly Untried[];
}

/**
 * Opens the workshop's ports that are free on every machine. A port that another program has is not touched: a connection to it proves
 * the way as well. Only the room's addresses are answered, only when they know the token, and never with more than they sent.
 */
export function openPorts(identity: TrialIdentity): Trial<Opened> {
  return {
    id: 'network-open',
    title: 'Open ports for the trial',
    after: [],
    on: 'room',
    tryOut: async (c) => {
      const ran = await runProgram(c, identity, 'listen', [
        ['deadline', DEADLINE_SECONDS],
        ['address', listensOn(c.machine)],
        ...roomAddresses(c).map((address) => ['room', address] as const),
        // To a guest nothing comes but what its laptop forwards.
        ...(c.machine.guest === true ? [] : [['foreign', 'yes'] as const]),
        ...reachedPorts(c.machine, c.config).map(({ protocol, port }) => ['port', protocol, port] as const),
      ]);
      if ('untried' in ran)
        return { untried: [{ machine: c.machine.name, what: 'the network', because: ran.untried }] };
      const listening = parseListening(ran.stdout);
      return listening === undefined ? { untried: [] } : { listening, untried: notOpened(c, listening) };
    },
    inWords: ({ listening }) => {
      if (listening === undefined) return 'cannot be tried';
      const opened = listening.ports.filter((p) => p.state === 'opened').length;
      return `${opened} of ${listening.ports.length} ports are free`;
    },
  };
}

/** Stops the listeners, also when the run ends early, and takes what they counted. */
export function stopListening(
  identity: TrialIdentity,
  open: Trial<Opened>,
  last: readonly Work<unknown>[],
): Trial<Closed> {
  return {
    id: 'network-close',
    title: 'Close the ports',
    after: onEveryone(open, ...last),
    closes: open,
    on: 'room',
    tryOut: async (c) => {
      const listening = c.seen(open).get(c.machine.name)?.listening;
      if (listening === undefined) return { untried: [] };
      const ran = await runProgram(c, identity, 'stop', [['pid', listening.pid]]);
      return 'untried' in ran
        ? { untried: [{ machine: c.machine.name, what: 'what arrived', because: ran.untried }] }
        : { counted: parseCounted(ran.stdout), untried: [] };
    },
    inWords: ({ counted }) => (counted === undefined ? 'none were opened' : 'closed'),
  };
}

/**
 * What stays unproven: a port that could not be opened, and the overlay's where another program has it, since only who listens can count
 * packets. On a machine of a cluster that kmon made, it is the cluster that has it.
 */
function notOpened(m: Context, listening: Listening): readonly Untried[] {
  const { name } = m.machine;
  const blind = {
    machine: name,
    what: 'what pods would send',
    because: 'packets cannot be looked at as they come from the link',
  };
  const ports = listening.ports.flatMap(({ protocol, port, state }) => {
    const what = `${protocol.toUpperCase()} ${port}`;
    if (state === 'failed') return [{ machine: name, what, because: 'the port could not be opened' }];
    if (state === 'opened' || protocol === 'tcp' || madeNode(m.facts.ledger)) return [];
    return [{ machine: name, what, because: 'another program has the port' }];
  });
  return listening.tap === false ? [...ports, blind] : ports;
}

/** All addresses of all machines: who has a VPN may send from another one than kmon.yaml says. */
function roomAddresses(m: Context): readonly string[] {
  const configured = allMachines(m.config.room).map(({ address }) => address);
  const own = [...m.factsOf.values()].flatMap((facts) => facts.addresses.map((a) => a.address));
  // A laptop that forwards may do so under its own name; whoever comes so still has to know the token.
  const laptop =
    m.machine.guest === true
      ? m.facts.routes.flatMap(({ destination, via }) =>
          destination === 'default' && via !== undefined ? [via] : [],
        )
      : [];
  return [...new Set([...configured, ...own, ...laptop])].filter((address) => !address.startsWith('127.'));
}
