import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KmonError } from '../errors/kmon-error.js';
import {
  environmentProxies,
  INDEX_TARGETS_FORMAT,
  mirrorHosts,
  needsAuthorities,
  parseSettings,
  parseSources,
  type AptSetting,
  type AptSource,
} from './apt-config.js';
import type { Limits } from './container-engine-args.js';
import { hostsLinesFor, machineResolvConf } from './name-resolution.js';
import { lastLine, type RunProgram } from './process.js';
import type { OverlayFile } from './templates.js';

/** How this computer reaches Debian's packages: what a machine needs to do the same. */
export interface HostApt {
  readonly sources: readonly AptSource[];
  readonly settings: readonly AptSetting[];
  /** This computer's own certificate authorities, when packages come encrypted. */
  readonly authorities: readonly OverlayFile[];
  readonly resolvConf: string;
  readonly hostsLines: readonly string[];
}

const AUTHORITIES = '/usr/local/share/ca-certificates';

/** @throws KmonError `precondition` when this is no Debian-like computer with an archive for the machines. */
export async function readHostApt(run: RunProgram): Promise<HostApt> {
  const [targets, dump, resolv, stub, etcHosts] = await Promise.all([
    run('apt-get', ['indextargets', '--format', INDEX_TARGETS_FORMAT, 'Created-By: Packages']),
    run('apt-config', ['dump']),
    textOrEmpty('/etc/resolv.conf'),
    textOrEmpty('/run/systemd/resolve/resolv.conf'),
    textOrEmpty('/etc/hosts'),
  ]);
  if (targets.missing || targets.exitCode !== 0) {
    throw new KmonError(
      'precondition',
      'the lab takes its packages from the apt of this computer, which does not answer',
      {
        hint: 'run the lab on a Debian computer with a working apt',
        evidence: lastLine(targets.stderr),
      },
    );
  }
  const sources = parseSources(targets.stdout);
  const own = parseSettings(dump.stdout);
  const settings = [...own, ...environmentProxies(process.env, own)];
  return {
    sources,
    settings,
    authorities: needsAuthorities(sources, settings) ? await readAuthorities() : [],
    resolvConf: machineResolvConf([resolv, stub]),
    hostsLines: hostsLinesFor(mirrorHosts(sources, settings), etcHosts),
  };
}

/** The caller's hard limits; an unlimited one becomes the kernel's usual ceiling. */
export async function readLimits(run: RunProgram): Promise<Limits> {
  const { stdout } = await run('sh', ['-c', 'ulimit -H -n; ulimit -H -p 2>/dev/null || ulimit -H -u']);
  const [openFiles = '', processes = ''] = stdout.split('\n');
  return {
    openFiles: Math.min(limit(openFiles), 1_048_576),
    // More than this the engine itself does not give without CAP_SYS_RESOURCE.
    processes: Math.min(limit(processes), 32_768),
  };
}

function limit(text: string): number {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isInteger(value) ? value : Number.MAX_SAFE_INTEGER;
}

/** update-ca-certificates reads these folders' .crt files; sub-folders are flattened, since names only have to differ. */
async function readAuthorities(): Promise<readonly OverlayFile[]> {
  const entries = await readdir(AUTHORITIES, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((e) => e.isFile() && e.name.endsWith('.crt'))
    .map((e) => join(e.parentPath, e.name));
  return Promise.all(
    files.sort().map(async (file, i) => ({
      path: `${AUTHORITIES.slice(1)}/${i}.crt`,
      text: await readFile(file, 'utf8'),
    })),
  );
}

async function textOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
