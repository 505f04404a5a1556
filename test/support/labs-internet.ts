import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_FOLDER } from '../../src/lab/internet/answers.js';
import { INTERNET } from '../../src/lab/internet/names.js';
import type { Lab } from '../../src/lab/lab.js';
import { containerName } from '../../src/lab/names.js';
import { internetAddresses } from '../../src/lab/subnet.js';
import { inside } from './inside.js';

/** The Internet of a lab, as its administrator sees it. */
export interface LabsInternet {
  /** Runs a POSIX sh script on its machine and gives what it printed; throws when it fails. */
  sh(script: string): string;
  /** Everything that was asked of it, in that order. */
  fetched(): readonly Fetched[];
}

export interface Fetched {
  /** Who asked. */
  readonly by: string;
  readonly status: number;
  readonly bytes: number;
  readonly method: string;
  /** Host and path. */
  readonly what: string;
}

export function labsInternet({ engine, name }: Pick<Lab, 'engine' | 'name'>): LabsInternet {
  const sh = (script: string): string => {
    const { file, args } = inside(engine, containerName(name, INTERNET), ['sh', '-s']);
    return execFileSync(file, args, { input: script, encoding: 'utf8', maxBuffer: 1 << 28 });
  };
  return {
    sh,
    fetched: () =>
      sh('cat /var/log/nginx/fetched.log')
        .trim()
        .split('\n')
        .map((line) => {
          const [by = '', status, bytes, method = '', what = ''] = line.split(' ');
          return { by, status: Number(status), bytes: Number(bytes), method, what };
        }),
  };
}

/**
 * How a program is started so that this computer asks the lab's Internet for it, as the room's machines do: by its name server, and for Node by its
 * authority. For that program alone, which has another resolv.conf in a mount namespace of its own.
 */
export function asTheRoom({ dir, subnet }: Pick<Lab, 'dir' | 'subnet'>, internet: LabsInternet) {
  const [resolv, authority] = [join(dir, 'internet.resolv'), join(dir, 'internet.crt')];
  writeFileSync(resolv, `nameserver ${internetAddresses(subnet).serves}\n`);
  writeFileSync(authority, internet.sh(`cat ${OWN_FOLDER}/authority.crt`));
  const script = 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"';
  return {
    through: ['unshare', '--mount', 'sh', '-ec', script, 'sh', resolv],
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', NODE_EXTRA_CA_CERTS: authority },
  };
}
