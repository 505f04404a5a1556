// iproute2: many lines in one process.
import { execFileSync, spawnSync } from 'node:child_process';

/** Stops at the first line that fails, with what `ip` said. */
export function ip(lines: readonly string[]): void {
  execFileSync('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n`, stdio: ['pipe', 'ignore', 'pipe'] });
}

/** Goes on behind lines that fail: for removing what may be gone already. */
export function ipAnyway(lines: readonly string[]): void {
  spawnSync('ip', ['-force', '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

/** What `ip -j` tells of links, routes or namespaces: of each as much as it has. */
export interface Told {
  readonly dst?: string;
  readonly name?: string;
  readonly ifname?: string;
}

export function ipJson(...args: readonly string[]): readonly Told[] {
  const text = execFileSync('ip', ['-j', ...args], { encoding: 'utf8' }).trim();
  return text === '' ? [] : (JSON.parse(text) as readonly Told[]);
}
