// A machine whose network is slow, both ways.
import type { LabMachine } from '../../src/lab/lab.js';
import { MACHINE_LINK } from '../../src/lab/names.js';
import type { BenchLab } from './bench-lab.js';
import { output } from './programs-run.js';

/** Bytes a second that the network of a machine lets through, each way, until the machine is gone. */
export async function slowDown(lab: BenchLab, machine: LabMachine, bytesPerSecond: number): Promise<void> {
  const init = await lab.initOf(machine);
  const inside = ['--target', String(init), '--net'];
  const other = peerOf(await output('nsenter', [...inside, 'ip', '-j', 'link', 'show', 'dev', MACHINE_LINK]));
  const links = JSON.parse(await output('ip', ['-j', 'link'])) as readonly {
    readonly ifindex: number;
    readonly ifname: string;
  }[];
  const bridgeEnd = links.find(({ ifindex }) => ifindex === other)?.ifname;
  if (bridgeEnd === undefined) throw new Error(`there is no other end of the link of ${machine.name}`);
  // What the bridge's end sends is what the machine gets.
  await output('tc', shapeArgs(bridgeEnd, bytesPerSecond));
  await output('nsenter', [...inside, 'tc', ...shapeArgs(MACHINE_LINK, bytesPerSecond)]);
}

export function shapeArgs(link: string, bytesPerSecond: number): readonly string[] {
  // A burst lets a packet of several segments through at once; more than the latency in the queue is dropped, as by an access point.
  return [
    'qdisc',
    'replace',
    'dev',
    link,
    'root',
    'tbf',
    'rate',
    `${Math.round(bytesPerSecond * 8)}bit`,
    'burst',
    '128kb',
    'latency',
    '200ms',
  ];
}

function peerOf(json: string): number {
  const [link] = JSON.parse(json) as readonly { readonly link_index?: number }[];
  if (link?.link_index === undefined) throw new Error('the machine has no link to this computer');
  return link.link_index;
}
