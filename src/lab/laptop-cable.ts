import { KmonError } from '../errors/kmon-error.js';
import { PORTS } from '../room/ports.js';
import type { Engine } from './container-engine.js';
import { GUEST_SSH_PORT, type Laptop } from './lab.js';
import { MACHINE_LINK } from './names.js';
import { lastLine, runProgram } from './process.js';
import { settings } from './settings.js';
import { readTemplate } from './templates.js';

/** What every guest has, and its laptop on the other end of the cable: the addresses of VirtualBox's NAT, the same in every laptop. */
export const GUEST_ADDRESS = '10.0.2.15';
const LAPTOP_ADDRESS = '10.0.2.2';

/** The laptop's end of the cable to its guest. */
const GUEST_LINK = 'guest0';

/**
 * Lays the cable between a laptop and its guest, which both run: the guest gets the address of every guest, and the laptop translates what
 * goes out and forwards what a node of the cluster is asked for. As VirtualBox does, also what comes in has the laptop's inner address.
 *
 * @throws KmonError `command`.
 */
export async function plugIn(
  engine: Engine,
  laptop: Laptop,
  guest: { readonly container: string; readonly role: 'parent' | 'child' },
): Promise<void> {
  const laid = await engine.ask(['exec', laptop.container, 'ip', 'link', 'show', 'dev', GUEST_LINK]);
  if (laid.exitCode !== 0) {
    const [here, there] = [await pidOf(engine, laptop.container), await pidOf(engine, guest.container)];
    const end = await runProgram('ip', cableArgs(here, there));
    if (end.exitCode !== 0) {
      throw new KmonError('command', 'the cable between the laptop and its guest could not be laid', {
        evidence: lastLine(end.stderr),
      });
    }
  }
  await engine.run(['exec', '--interactive', guest.container, 'sh', '-s'], { input: await guestScript() });
  await engine.run(['exec', '--interactive', laptop.container, 'sh', '-s'], {
    input: await laptopScript(guest.role),
  });
}

/** Arguments of `ip` that make a cable with one end in each of the two, by a process of theirs. */
export function cableArgs(laptopPid: number, guestPid: number): readonly string[] {
  const [laptop, guest] = [String(laptopPid), String(guestPid)];
  return [
    ...['link', 'add', 'name', GUEST_LINK, 'netns', laptop],
    ...['type', 'veth', 'peer', 'name', MACHINE_LINK, 'netns', guest],
  ];
}

/** TCP ports that a laptop forwards as they are; beside them SSH, and the overlay by UDP. */
export function forwardedPorts(role: 'parent' | 'child'): readonly string[] {
  const all = [PORTS.kubelet.port, PORTS.exporter.port];
  // NodePorts, as Kubernetes gives them.
  return role === 'child'
    ? all.map(String)
    : [...all.map(String), String(PORTS.apiServer.port), '30000-32767'];
}

async function guestScript(): Promise<string> {
  const values = { link: MACHINE_LINK, address: GUEST_ADDRESS, gateway: LAPTOP_ADDRESS };
  return settings(values) + (await readTemplate('guest.sh'));
}

async function laptopScript(role: 'parent' | 'child'): Promise<string> {
  const values = {
    link: GUEST_LINK,
    address: LAPTOP_ADDRESS,
    outside: MACHINE_LINK,
    guest: GUEST_ADDRESS,
    ssh: String(GUEST_SSH_PORT),
    tcp: forwardedPorts(role).join(', '),
    udp: String(PORTS.overlay.port),
  };
  return settings(values) + (await readTemplate('laptop.sh'));
}

async function pidOf(engine: Engine, container: string): Promise<number> {
  return Number((await engine.run(['inspect', '--format', '{{.State.Pid}}', container])).trim());
}
