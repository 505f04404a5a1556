import { createHash } from 'node:crypto';
import { KmonError } from '../errors/kmon-error.js';
import { changes, reads, withOptions, type Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import type { ClusterAccess } from './cluster-access.js';
import { parseForeignJson } from './foreign-json.js';
import type { ForeignJson } from './foreign-json.js';
import { NO_HOME } from '../shell/no-home.js';

/** Which helm, and how it gets at the cluster; helm 3 and 4. */
export type Helm = ClusterAccess & {
  /** On a machine of the room its absolute path. */
  readonly binary: string;
};

/** A release by name and place. */
export interface ReleaseName {
  readonly release: string;
  readonly namespace: string;
}

/** Margin over helm's own deadline before the runner gives up. */
const MARGIN_SECONDS = 60;

/**
 * Installs or upgrades a release from a chart on the machine (folder or .tgz), with its values (YAML or JSON) on stdin. `digest`, from
 * `releaseDigest`, is kept as the release's description, so that the next run can tell that nothing changed. Values are no secret:
 * helm stores them in the cluster.
 *
 * @param options.wait Until pods, services and so on are ready (at most `timeoutSeconds`); absent: only hooks are waited for.
 */
export function helmUpgrade(
  helm: Helm,
  options: ReleaseName & {
    readonly chart: string;
    readonly values: string;
    readonly digest: string;
    readonly timeoutSeconds: number;
    readonly wait?: boolean;
  },
): Command<'changes'> {
  const wait = options.wait === true ? ['--wait'] : [];
  return withOptions(
    changes`${program(helm, options)} upgrade --install ${options.release} ${options.chart} --create-namespace --reset-values --history-max ${KEPT} --description ${describe(options.digest)} --timeout ${`${options.timeoutSeconds}s`} ${wait} -f -`,
    { stdin: options.values, timeoutMs: (options.timeoutSeconds + MARGIN_SECONDS) * 1000 },
  );
}

/**
 * The manifests of a chart (folder or .tgz) with its values (file), for a Kubernetes of this version; asks no cluster. Exit code 127: there is no
 * such program.
 */
export function helmTemplate(
  binary: string,
  of: ReleaseName & { readonly chart: string; readonly values: string; readonly kubernetes: string },
): Command<'reads'> {
  return withOptions(
    reads`${binary} template ${of.release} ${of.chart} --namespace ${of.namespace} --kube-version ${of.kubernetes} -f ${of.values}`,
    { ok: [0, 127] },
  );
}

/** How many revisions of a release are kept; helm keeps the last one that was deployed beside those that failed. */
const KEPT = 3;

/** As many as kmon keeps of its own, and one that is just being made. */
const LOOKED_AT = KEPT + 1;

/** The newest revisions of a release; exit 1 when there is none. See `parseRelease`. */
export function helmLatest(helm: Helm, of: ReleaseName): Command<'reads'> {
  return withOptions(reads`${program(helm, of)} history ${of.release} --max ${LOOKED_AT} -o json`, {
    ok: [0, 1],
  });
}

/** Removes a release and everything it made; fine when there is none. The namespace stays. */
export function helmUninstall(
  helm: Helm,
  of: ReleaseName & { readonly timeoutSeconds: number },
): Command<'changes'> {
  return withOptions(
    changes`${program(helm, of)} uninstall ${of.release} --ignore-not-found --wait --timeout ${`${of.timeoutSeconds}s`}`,
    { timeoutMs: (of.timeoutSeconds + MARGIN_SECONDS) * 1000 },
  );
}

function program(helm: Helm, of: ReleaseName): Command<'reads'> {
  return 'context' in helm
    ? reads`${helm.binary}${fromFile(helm)} --kube-context ${helm.context} --namespace ${of.namespace}`
    : reads`HOME=${NO_HOME} ${helm.binary} --kubeconfig ${helm.kubeconfig} --namespace ${of.namespace}`;
}

/** Which kubeconfig, where it is not the user's own; with the space before it. */
function fromFile({ file }: { readonly file?: string }): Command<'reads'> {
  return file === undefined ? reads`` : reads` --kubeconfig ${file}`;
}

/** What the cluster knows of a release. */
export type Release =
  | { readonly state: 'absent' }
  | {
      /**
       * `interrupted`: an earlier helm was stopped in the middle, and the next one refuses ("another operation is in progress") until the
       * release is uninstalled.
       */
      readonly state: 'deployed' | 'failed' | 'interrupted';
      readonly revision: number;
      /** Name and version in one word: "kmon-lite-0.1.0". */
      readonly chart: string;
      /** As given to `helmUpgrade`; absent when it failed or somebody else installed it. */
      readonly digest?: string;
      /** Of one that failed: the newest revision before it that did not, with its digest. Absent: none of those that are known was ever deployed. */
      readonly before?: { readonly digest?: string };
      readonly description: string;
    };

/** @throws KmonError `command` for any failure that is not absence. */
export function parseRelease(result: ExecResult): Release {
  if (result.exitCode !== 0) {
    if (/release: not found/.test(result.stderr)) return { state: 'absent' };
    throw new KmonError('command', 'helm could not read its releases', {
      evidence: result.stderr.trim().split('\n').at(-1) ?? '',
    });
  }
  const revisions = parseForeignJson(result.stdout, 'helm').list;
  const latest = revisions.at(-1);
  if (latest === undefined) return { state: 'absent' };
  const status = latest.at('status').text ?? '';
  // Left behind by `uninstall --keep-history`.
  if (status === 'uninstalled') return { state: 'absent' };
  const description = latest.at('description').text ?? '';
  const before = status === 'failed' ? revisions.findLast(wasDeployed) : undefined;
  return {
    state: status === 'deployed' ? 'deployed' : status === 'failed' ? 'failed' : 'interrupted',
    revision: latest.at('revision').number ?? 0,
    chart: latest.at('chart').text ?? '',
    ...digestIn(latest),
    ...(before === undefined ? {} : { before: digestIn(before) }),
    description,
  };
}

function wasDeployed(revision: ForeignJson): boolean {
  return ['deployed', 'superseded'].includes(revision.at('status').text ?? '');
}

/** What helm says of one that failed takes the place of it. */
function digestIn(revision: ForeignJson): { readonly digest?: string } {
  const digest = /^kmon (sha256:[0-9a-f]{64})$/.exec(revision.at('description').text ?? '')?.[1];
  return digest === undefined ? {} : { digest };
}

/**
 * One word for a chart (a digest of its bytes, or its version) with its values: equal when a new upgrade would change nothing.
 */
export function releaseDigest(chart: string, values: string): string {
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([chart, values]))
    .digest('hex')}`;
}

function describe(digest: string): string {
  return `kmon ${digest}`;
}
