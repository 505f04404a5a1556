import type { TestMachine } from './lab.js';

/**
 * Gives a machine of a lab another address of its network, as a router does for a laptop that was away: the last number changes. What it gives puts
 * everything back as it was, routes included.
 */
export function moveTo(machine: TestMachine, last: number): { readonly address: string; back(): void } {
  const { address: was } = machine;
  const address = was.replace(/\d+$/, String(last));
  const there = (script: string): string => machine.sh(script).trim();
  const card = there(`ip -o -4 addr show to ${was} | awk '{ print $2 }'`);
  const routes = there(`ip route show dev ${card} | grep -v 'proto kernel' || :`).split('\n').filter(Boolean);
  const change = (from: string, to: string): void => {
    const again = routes.map((route) => `ip route replace ${route.trim()} dev ${card}`).join('\n');
    // With the address the kernel takes the routes away that lead through its network.
    there(`ip addr del ${from}/24 dev ${card}
ip addr add ${to}/24 brd + dev ${card}
${again}`);
  };
  change(was, address);
  return {
    address,
    back: () => {
      change(address, was);
    },
  };
}
