import type { RunProgram } from './process.js';

/**
 * Removes what an engine that was killed in the middle of a start leaves of a network: namespaces with an address in the subnet, whose
 * cable goes with them, and the bridge. Only for a subnet whose containers and network are gone, hence nothing of anybody else.
 */
export async function removeLeftovers(run: RunProgram, subnet: string): Promise<readonly string[]> {
  const removed: string[] = [];
  const namespaces = (await run('ip', ['netns', 'list'])).stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  for (const namespace of namespaces.filter((name) => name !== '')) {
    const { stdout } = await run('ip', ['-n', namespace, '-j', '-4', 'address']);
    if (linksIn(subnet, stdout).length === 0) continue;
    if ((await run('ip', ['netns', 'delete', namespace])).exitCode === 0) removed.push(namespace);
  }
  for (const bridge of linksIn(subnet, (await run('ip', ['-j', '-4', 'address'])).stdout)) {
    if ((await run('ip', ['link', 'delete', 'dev', bridge])).exitCode === 0) removed.push(bridge);
  }
  return removed;
}

/** Names of the links in `ip -j -4 address` that have an address of this /24. */
export function linksIn(subnet: string, ipJson: string): readonly string[] {
  const network = subnet.replace(/0\/24$/, '');
  const links: unknown = JSON.parse(ipJson.trim() === '' ? '[]' : ipJson);
  if (!Array.isArray(links) || !/^\d+\.\d+\.\d+\.$/.test(network)) return [];
  return links.flatMap((link: unknown) => {
    if (typeof link !== 'object' || link === null || !('ifname' in link) || !('addr_info' in link)) return [];
    const addresses: readonly unknown[] = Array.isArray(link.addr_info) ? link.addr_info : [];
    const inside = addresses.some(
      (entry) =>
        typeof entry === 'object' &&
        entry !== null &&
        'local' in entry &&
        typeof entry.local === 'string' &&
        entry.local.startsWith(network),
    );
    return inside && typeof link.ifname === 'string' ? [link.ifname] : [];
  });
}
