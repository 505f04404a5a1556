import type { LocalTool, OwnCluster } from '../../cluster/own-cluster.js';
import { readRecord } from '../../cluster/own-record.js';
import type { OwnRecord } from '../../cluster/own-record.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { isAlive } from '../../here/is-alive.js';
import { textOf } from '../../here/private-files.js';
import { evidence } from '../../runner/evidence.js';
import type { ExecResult } from '../../runner/runner.js';
import type { Command } from '../../shell/command.js';
import {
  authorityIn,
  kindClusters,
  kindDelete,
  kindKubeconfig,
  parseKindClusters,
} from '../../tools/kind.js';
import { getReadyz } from '../../tools/kubectl.js';
import { parseReadyz } from '../../tools/kubernetes-objects.js';
import { minikubeDelete, minikubeProfiles, parseProfiles } from '../../tools/minikube.js';

/** The cluster of `kmon solo` as its tool, its record and its API tell of it. */
export interface SoloSeen {
  readonly record: OwnRecord | undefined;
  readonly standing:
    /** The tool knows none of its name. */
    | 'absent'
    /** Of kmon's, from this folder, and it answers. */
    | 'answers'
    /** Of kmon's, from this folder, whole, and it does not answer: it was stopped, or this computer was. */
    | 'silent'
    /** Of kmon's, from this folder, whole, and its kubeconfig is gone. */
    | 'keyless'
    /** Of kmon's, from this folder, and a run that was killed has left it half made. */
    | 'half'
    /** Another kmon, which lives, is at work on it. */
    | 'busy'
    /** Not made from this folder. */
    | 'others';
  /** Why it is silent, in its own words. */
  readonly said?: string;
}

/** @throws KmonError `bug` where the cluster is none that kmon makes. */
export function ownOf({ cluster }: Context): OwnCluster {
  if (cluster.own === undefined) throw new KmonError('bug', 'this cluster is none that kmon makes');
  return cluster.own;
}

/** Changes nothing. The tool's words where it cannot be asked: docker is not running, … */
export async function lookAtSolo(c: Context): Promise<SoloSeen> {
  const own = ownOf(c);
  const record = await readRecord(own.record);
  const whose = await (own.tool === 'kind' ? whoseInKind : whoseInMinikube)(c, own, record);
  if (whose === 'half' && record !== undefined && record.pid !== process.pid && isAlive(record.pid))
    return { record, standing: 'busy' };
  if (whose !== 'ours') return { record, standing: whose };
  const answer = parseReadyz(await c.cluster.query(getReadyz(c.cluster.kubectl)));
  if (answer.ready) return { record, standing: 'answers' };
  const [said] = answer.failing;
  return { record, standing: 'silent', ...(said === undefined || said === '' ? {} : { said }) };
}

type Whose = 'absent' | 'others' | 'half' | 'keyless' | 'ours';

/** @throws KmonError `precondition` in the tool's own words */
async function answerOf(c: Context, { tool }: OwnCluster, command: Command<'reads'>): Promise<ExecResult> {
  const result = await c.cluster.query(command);
  if (result.exitCode === 0) return result;
  const said = evidence(result);
  throw new KmonError('precondition', `${tool} cannot say which clusters there are`, {
    ...(said === undefined ? {} : { evidence: said }),
    hint:
      tool === 'kind'
        ? 'start Docker; or, with podman beside it, say so to kind: export KIND_EXPERIMENTAL_PROVIDER=podman'
        : 'see what `minikube profile list` says',
  });
}

/** kind writes the kubeconfig when the cluster is made. Its authority is the cluster's own: one that was made anew by hand has another. */
async function whoseInKind(c: Context, own: OwnCluster, record: OwnRecord | undefined): Promise<Whose> {
  const names = parseKindClusters(await answerOf(c, own, kindClusters()));
  if (!names.includes(own.name)) return 'absent';
  if (record === undefined) return 'others';
  const kept = authorityIn((await textOf(own.kubeconfig)) ?? '');
  if (kept === undefined) return record.made ? 'keyless' : 'half';
  const asked = await c.cluster.query(kindKubeconfig(own.name));
  const now = asked.exitCode === 0 ? authorityIn(asked.stdout) : undefined;
  return now === undefined || now === kept ? 'ours' : 'others';
}

/** minikube goes on with what is half made by itself; of a profile that it cannot read the record alone tells. */
async function whoseInMinikube(c: Context, own: OwnCluster, record: OwnRecord | undefined): Promise<Whose> {
  const profiles = parseProfiles(await answerOf(c, own, minikubeProfiles()));
  const found = profiles.find(({ name }) => name === own.name);
  if (found === undefined) return 'absent';
  if (record === undefined) return 'others';
  if (found.damaged === true) return found.id === undefined || found.id === record.id ? 'half' : 'others';
  return found.id === record.id ? 'ours' : 'others';
}

/** Deletes the cluster by its own tool. */
export function deletion(own: OwnCluster): Command<'changes'> {
  return own.tool === 'kind' ? kindDelete(own) : minikubeDelete(own);
}

export function notOurs({ tool, name }: OwnCluster): KmonError {
  return new KmonError('precondition', `${tool} has a cluster ${name} that was not made from this folder`, {
    hint: `run this where it was made; or, if nobody needs it, delete it by hand: ${handDeletion(tool, name)}`,
  });
}

export function underWay({ tool, name }: OwnCluster, record: OwnRecord | undefined): KmonError {
  return new KmonError(
    'precondition',
    `another kmon (pid ${record?.pid ?? 0}) is making ${name} at this moment`,
    {
      hint: `wait for it, or end it, and run this again; if that process is no kmon, delete the half of it by hand: ${handDeletion(tool, name)}`,
    },
  );
}

function handDeletion(tool: LocalTool, name: string): string {
  return tool === 'kind' ? `kind delete cluster --name ${name}` : `minikube delete --profile ${name}`;
}
