import { recordText } from '../../cluster/own-record.js';
import type { SoloProfile } from '../../cluster/own-record.js';
import type { OwnCluster } from '../../cluster/own-cluster.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import type { FileStep, Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { readTemplate } from '../../render/templates.js';
import { kindCreate, kindExport } from '../../tools/kind.js';
import { minikubeStart } from '../../tools/minikube.js';
import { deletion, lookAtSolo, notOurs, ownOf, underWay } from './solo-standing.js';
import type { SoloSeen } from './solo-standing.js';

interface SoloLook extends SoloSeen {
  /** What kind is told; nobody else is told by a file. */
  readonly description: string;
}

/**
 * A cluster on this computer for one person's practice, made by kind or minikube. What bears its name and was not made from this folder is not
 * touched; what a killed run has left half made is removed, and made anew.
 */
export const soloCluster: Stage<SoloLook> = {
  id: 'solo-cluster',
  title: 'Make a cluster on this computer',
  after: [],
  on: 'cluster',
  settleMs: 120_000,
  look: async (c) => ({
    ...(await lookAtSolo(c)),
    description: ownOf(c).tool === 'kind' ? await readTemplate('solo/kind.yaml') : '',
  }),
  judge: (seen, c) => {
    const own = ownOf(c);
    switch (seen.standing) {
      case 'others':
        return blocked(notOurs(own));
      case 'busy':
        return blocked(underWay(own, seen.record));
      case 'absent':
        return pending(`${own.tool} has no cluster ${own.name}`);
      case 'half':
        return pending(`${own.name} is half made`);
      case 'keyless':
        return pending(`the kubeconfig of ${own.name} is gone`);
      case 'silent':
        return own.tool === 'kind' ? blocked(stopped(own, seen)) : pending(`${own.name} does not answer`);
      case 'answers':
        if (seen.record?.made !== true) return pending(`${own.name} is not noted as whole`);
        return seen.record.profile === profileOf(c)
          ? satisfied(`${own.name} answers`)
          : pending(`not the monitoring ${profileOf(c)} is noted of ${own.name}`);
    }
  },
  steps: (seen, c) => stepsOf(seen, ownOf(c), c),
};

function stepsOf(seen: SoloLook, own: OwnCluster, c: Context): readonly Step[] {
  const id = seen.record?.id ?? c.config.roomId ?? c.config.roomIdToBe;
  if (id === undefined) throw new KmonError('bug', 'a cluster that kmon makes has to have an id');
  const note = (intent: string, made: boolean): FileStep => ({
    at: 'here',
    intent,
    file: own.record,
    content: () => recordText({ tool: own.tool, id, profile: profileOf(c), pid: process.pid, made }),
  });
  const whole = note(`note that ${own.name} is whole, and has the monitoring ${profileOf(c)}`, true);
  if (seen.standing === 'answers') return [whole];
  if (seen.standing === 'keyless')
    return [
      {
        at: 'cluster',
        intent: `write the kubeconfig of ${own.name} again, in ${own.kubeconfig}`,
        command: kindExport(own),
      },
      whole,
    ];
  const away: readonly Step[] = seen.standing === 'half' ? [removingHalf(own)] : [];
  // What was whole once stays so, whatever comes of starting it again.
  const ours = note(`note in ${own.record} that ${own.name} is kmon's`, seen.standing === 'silent');
  const made = own.tool === 'kind' ? byKind(own, seen.description) : byMinikube(own, id);
  return [...away, ours, ...made, whole];
}

function removingHalf(own: OwnCluster): Step {
  return {
    at: 'cluster',
    intent: `remove the half of ${own.name} that an earlier run has left`,
    command: deletion(own),
  };
}

function byKind(own: OwnCluster, description: string): readonly Step[] {
  return [
    {
      at: 'here',
      intent: `write ${own.description}: a control plane and a worker`,
      file: own.description,
      content: () => description,
    },
    {
      at: 'cluster',
      intent: `make the cluster ${own.name} with kind`,
      command: kindCreate({ ...own, config: own.description }),
      tolerate: withRemedy,
    },
  ];
}

function byMinikube(own: OwnCluster, id: string): readonly Step[] {
  return [
    {
      at: 'cluster',
      intent: `start the cluster ${own.name} with minikube`,
      command: minikubeStart({ ...own, id }),
      tolerate: withRemedy,
    },
  ];
}

/** The failure stays one; it is no machine of a room on which something is to be put right. */
function withRemedy(error: KmonError): KmonError {
  return new KmonError(error.code, error.message, {
    ...(error.evidence === undefined ? {} : { evidence: error.evidence }),
    hint: 'put that right on this computer and run `kmon solo` again; `kmon solo --remove` takes away what is left',
    cause: error,
  });
}

function profileOf({ config }: Context): SoloProfile {
  return config.monitoring.profile === 'stack' ? 'stack' : 'lite';
}

/** kind has no command that starts a cluster. */
function stopped({ name }: OwnCluster, { said }: SoloSeen): KmonError {
  return new KmonError('precondition', `the cluster ${name} is there and does not answer`, {
    ...(said === undefined ? {} : { evidence: said }),
    hint: `start its nodes (docker start ${name}-control-plane ${name}-worker, or the same with podman), or \`kmon solo --remove\` and \`kmon solo\``,
  });
}
