import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Platform } from './platform.js';
import { posix } from './posix.js';
import { networksOfNetstat, networksOfRouteTable } from './route-tables.js';
import { windows } from './windows.js';

/** The system that this kmon runs on: the one place that asks Node which it is. */
export const thisPlatform: Platform = platformOf(process.platform);

/** As Node calls it, for a report of a defect: `win32 x64`. */
export const thisSystem = `${process.platform} ${process.arch}`;

export function platformOf(system: NodeJS.Platform): Platform {
  if (system === 'win32') return windows();
  const userNumber = process.getuid?.();
  if (system === 'darwin')
    return posix({ name: 'macos', userNumber, routes: () => networksOfNetstat(netstat()) });
  return posix({
    name: system === 'linux' ? 'linux' : 'posix',
    userNumber,
    routes: () => networksOfRouteTable(kernelRoutes()),
  });
}

/** Empty where there is no /proc. */
function kernelRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}

function netstat(): string {
  const { status, stdout } = spawnSync('netstat', ['-rn', '-f', 'inet'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 ? stdout : '';
}
