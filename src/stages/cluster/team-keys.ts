import { isFenceServed } from '../../cluster/teams/fence.js';
import {
  isFresh,
  kubeconfigText,
  parseClusterEntry,
  parseKubeconfig,
  teamKubeconfig,
} from '../../cluster/teams/kubeconfig.js';
import type { ClusterEntry, KeptKey } from '../../cluster/teams/kubeconfig.js';
import { KEYS_NAMESPACE, wantedTeams } from '../../cluster/teams/names.js';
import { verdictOn } from '../../cluster/key-trials.js';
import { trialsOf } from '../../cluster/teams/proofs.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { ENDPOINT_NAME } from '../../config/names.js';
import { give, key } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { onParent, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { textOf } from '../../here/private-files.js';
import { Secret } from '../../shell/secret.js';
import { parseAttempts, tryWithKubeconfig } from '../../tools/api-attempts.js';
import type { AttemptOutcome } from '../../tools/api-attempts.js';
import { askToken, getClusterEntry } from '../../tools/kubectl.js';
import { makeTeams } from './teams.js';

/** A team and its key on this computer. */
export interface TeamKey {
  readonly team: string;
  readonly file: string;
  readonly kept?: KeptKey;
  /** Why there has to be a new one. */
  readonly lacks?: string;
}

interface KeysSeen {
  readonly cluster: ClusterEntry;
  readonly keys: readonly TeamKey[];
  /** What the keys may, or may not, against what they should; asked only when they are all there. */
  readonly unproven?: string;
}

/** The kubeconfigs that were made in this run, by team. */
const MADE = key<ReadonlyMap<string, Secret>>('the kubeconfigs of the teams');

/**
 * A kubeconfig for each team on this computer, and the proof, with that very file, of what it opens and what it does not.
 *
 * Its key is a token of an account and no client certificate: with the account it ends at once, where a certificate can be taken back by nobody;
 * and every cluster gives tokens, where many sign no certificates.
 */
export const teamKeys: Stage<KeysSeen> = {
  id: 'team-keys',
  title: 'Give each team a key and prove it',
  after: onParent(makeTeams),
  on: 'cluster',
  // A right is known to the whole API server a moment after it is given.
  settleMs: 5_000,
  look: async (c, so) => {
    const cluster = fromHere(parseClusterEntry(await c.cluster.query(getClusterEntry(c.cluster.kubectl))), c);
    const kept = await Promise.all(wantedTeams(c.config).map((team) => lookAtKey(team, cluster, c)));
    return { cluster, ...(await prove(kept, c, so.get(MADE) ?? new Map())) };
  },
  judge: ({ keys, unproven }) => {
    const lacking = keys.find(({ lacks }) => lacks !== undefined);
    if (lacking?.lacks !== undefined) return pending(lacking.lacks);
    if (unproven !== undefined) return pending(unproven);
    return satisfied(`what each may and may not is proven: ${keys.map(({ team }) => team).join(', ')}`);
  },
  steps: ({ cluster, keys }, c) =>
    keys.filter(({ lacks }) => lacks !== undefined).flatMap((one) => making(one, cluster, c)),
  diagnose: async (because, { cluster }) =>
    new KmonError('not-verified', because, {
      hint: `see what gives or takes it (kubectl get rolebindings,clusterrolebindings --all-namespaces -o wide), then run \`${typedFor(cluster, 'kmon teams')}\` again`,
    }),
};

/** The name of the control plane is known to the machines of the room only. */
function fromHere(entry: ClusterEntry, { config, cluster }: Context): ClusterEntry {
  const { server } = entry;
  if (cluster.context !== undefined || typeof server !== 'string') return entry;
  return { ...entry, server: server.replace(`//${ENDPOINT_NAME}:`, `//${config.room.parent.address}:`) };
}

async function lookAtKey(team: string, cluster: ClusterEntry, { config, clock }: Context): Promise<TeamKey> {
  const file = teamKubeconfig(config, team);
  const text = await textOf(file);
  if (text === undefined) return { team, file, lacks: `team ${team} has no key on this computer` };
  const kept = parseKubeconfig(text);
  return kept !== undefined && isFresh(kept, cluster, clock.now())
    ? { team, file, kept }
    : { team, file, lacks: `the key of team ${team} is over soon, or leads elsewhere` };
}

function making({ team, file }: TeamKey, cluster: ClusterEntry, { config }: Context): readonly Step[] {
  const { hours } = config.teams;
  return [
    {
      at: 'cluster',
      intent: `ask for a key of team ${team}, good for ${hours} h`,
      wait: async (c, so) => {
        const account = { namespace: KEYS_NAMESPACE, name: team };
        const { stdout } = await c.cluster.query(askToken(c.cluster.kubectl, account, { hours }));
        const token = new Secret(stdout.trim());
        const text = await kubeconfigText({ team, room: config.room.name, cluster, token });
        return [give(MADE, new Map([...(so.get(MADE) ?? []), [team, text]]))];
      },
    },
    {
      at: 'here',
      intent: `write ${file} on this computer`,
      file,
      content: (so) => {
        const made = so.get(MADE)?.get(team);
        if (made === undefined) throw new KmonError('bug', `no key was made for team ${team}`);
        return made;
      },
    },
  ];
}

/**
 * Tries every team with its own file. A key that the cluster does not take, and that is none of this run's, has to be another: that is seen before
 * anything is made, also where another team has none yet.
 */
async function prove(
  kept: readonly TeamKey[],
  c: Context,
  made: ReadonlyMap<string, Secret>,
): Promise<Pick<KeysSeen, 'keys' | 'unproven'>> {
  const some = kept.some(({ lacks }) => lacks === undefined);
  const node = some ? ((await clusterNodes(c))[0]?.name ?? '') : '';
  const fenced = some && (await isFenceServed(c.cluster));
  const keys: TeamKey[] = [];
  let unproven: string | undefined;
  for (const one of kept) {
    const { team, file } = one;
    if (one.lacks !== undefined) {
      keys.push(one);
      continue;
    }
    c.say(`trying what team ${team} may and may not`);
    const trials = trialsOf(team, { node, fenced, other: kept.find((other) => other.team !== team)?.team });
    const outcomes = await tryAll(file, trials, c);
    const taken = outcomes[0]?.answer !== 'no-key' || made.has(team);
    keys.push(taken ? one : { ...one, lacks: `the key of team ${team} is not taken by this cluster` });
    unproven ??= trials
      .map((trial, i) => verdictOn(`team ${team}`, trial, outcomes[i]))
      .find((w) => w !== undefined);
  }
  return { keys, ...(unproven === undefined ? {} : { unproven }) };
}

async function tryAll(
  file: string,
  trials: ReturnType<typeof trialsOf>,
  { cluster }: Context,
): Promise<readonly AttemptOutcome[]> {
  const kubeconfig = new Secret((await textOf(file)) ?? '');
  const attempts = trials.map(({ attempt }) => attempt);
  return parseAttempts(await cluster.query(tryWithKubeconfig(cluster.kubectl, kubeconfig, attempts)));
}
