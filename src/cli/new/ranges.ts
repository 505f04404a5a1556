import { DEFAULTS } from '../../config/defaults.js';
import { freeRange } from '../../config/networks/free-range.js';
import { networksOfRoutes } from '../../config/networks/route-table.js';
import { overlap, parseSubnet, subnetAround } from '../../config/networks/subnet.js';
import type { Subnet } from '../../config/networks/subnet.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Candidate } from './machines.js';
import { askValue } from './questions.js';
import type { Wizard } from './standing.js';

/** The two ranges that Kubernetes numbers pods and services from. */
export interface Ranges {
  readonly podSubnet: string;
  readonly serviceSubnet: string;
}

const KINDS = [
  { key: 'podSubnet', what: 'pods', flag: '--pod-subnet', longest: 20 },
  { key: 'serviceSubnet', what: 'services', flag: '--service-subnet', longest: 24 },
] as const;

/**
 * Ranges that meet no network of this computer or of the machines that answered, nor what is probably the room's (the /24 around every
 * address). The usual ones are taken without a question where they are free.
 *
 * @throws KmonError `usage` for a range of the command line that holds a machine, or when none is free
 */
export async function chooseRanges(w: Wizard, machines: readonly Candidate[]): Promise<Ranges> {
  const networks: Subnet[] = [
    ...w.networks,
    ...machines.map((m) => subnetAround(m.address, 24)),
    ...machines.flatMap((m) => networksOfRoutes(m.look?.routes ?? '')),
  ];
  const { podSubnet, serviceSubnet } = DEFAULTS.kubernetes;
  const chosen = {
    podSubnet: w.given.podSubnet ?? podSubnet,
    serviceSubnet: w.given.serviceSubnet ?? serviceSubnet,
  };
  // What is given by hand is taken first, so that the other one makes way.
  const inTurn = KINDS.toSorted(
    (a, b) => Number(w.given[a.key] === undefined) - Number(w.given[b.key] === undefined),
  );
  for (const kind of inTurn) {
    const given = w.given[kind.key];
    if (given === undefined) chosen[kind.key] = await chooseRange(w, kind, networks);
    else if (machines.some((m) => meets(given, subnetAround(m.address, 32)))) {
      throw new KmonError('usage', `${kind.flag} ${given} holds the address of a machine`, {
        hint: 'choose another range, or leave the flag out',
      });
    }
    const taken = parseSubnet(chosen[kind.key]);
    if (taken !== undefined) networks.push(taken);
  }
  return chosen;
}

async function chooseRange(
  { prompter, say }: Wizard,
  { key, what, flag, longest }: (typeof KINDS)[number],
  networks: readonly Subnet[],
): Promise<string> {
  const usual = DEFAULTS.kubernetes[key];
  const free = freeRange(usual, longest, networks);
  if (free === usual) return usual;
  if (free === undefined && prompter === undefined) {
    throw new KmonError('usage', `no range of addresses is free for ${what}`, {
      hint: `give one with ${flag}`,
    });
  }
  say(`the usual range of ${what}, ${usual}, meets a network of these computers`);
  if (prompter === undefined) return free ?? usual;
  return askValue(prompter, key, `Range of ${what}:`, {
    ...(free === undefined ? {} : { standard: free }),
    wrong: (answer) =>
      networks.some((network) => meets(answer, network))
        ? 'it meets a network of these computers, or the other range'
        : undefined,
  });
}

function meets(range: string, network: Subnet): boolean {
  const parsed = parseSubnet(range);
  return parsed !== undefined && overlap(parsed, network);
}
