// iproute2: many lines in one process.
import { execFileSync, spawnSync } from 'node:child_process';

/** Stops at the first line that fails, with what `ip` said. */
export function ip(lines) {
  execFileSync('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n`, stdio: ['pipe', 'ignore', 'pipe'] });
}

/** Goes on behind lines that fail: for removing what may be gone already. */
export function ipAnyway(lines) {
  spawnSync('ip', ['-force', '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

export function ipJson(...args) {
  const text = execFileSync('ip', ['-j', ...args], { encoding: 'utf8' }).trim();
  return text === '' ? [] : JSON.parse(text);
}
