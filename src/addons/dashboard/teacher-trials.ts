import { get, make, verdictOn } from '../../cluster/key-trials.js';
import type { Trial } from '../../cluster/key-trials.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { lifeOf } from '../../cluster/token-life.js';
import { tryToken } from '../../cluster/try-token.js';
import type { Context } from '../../engine/context.js';
import { textOf } from '../../here/private-files.js';
import { Secret } from '../../shell/secret.js';
import { apiPath, askToken } from '../../tools/kubectl.js';
import { DASHBOARD, TEACHER, teacherTokenFile } from './names.js';

const WHO = 'the teacher';

/** The name of what is asked for and never made. */
const PROOF = 'kmon-proof';

/** What the teacher's token is tried on: what a lesson looks at, and what would reach beyond looking. */
export function teacherTrials(node: string): readonly Trial[] {
  const core = (namespace: string, ...more: readonly string[]): string =>
    apiPath('api', 'v1', 'namespaces', namespace, ...more);
  return [
    get('allowed', 'list the nodes', '/api/v1/nodes'),
    get('allowed', 'list the pods of all namespaces', '/api/v1/pods'),
    get('allowed', 'list the deployments of all namespaces', '/apis/apps/v1/deployments'),
    get('allowed', 'list the metrics of the nodes', '/apis/metrics.k8s.io/v1beta1/nodes'),
    get('allowed', 'read the log of a pod', core('default', 'pods', PROOF, 'log')),
    get('refused', 'list the secrets of all namespaces', '/api/v1/secrets'),
    get('refused', 'list the secrets of kube-system', core('kube-system', 'secrets')),
    get('refused', `list the secrets of ${DASHBOARD.namespace}`, core(DASHBOARD.namespace, 'secrets')),
    get('refused', `get nodes/proxy of ${node}`, `${apiPath('api', 'v1', 'nodes', node)}/proxy/pods`),
    get('refused', 'enter a container', `${core('default', 'pods', PROOF)}/exec?command=true&stdout=true`),
    make('refused', 'create a pod', core('default', 'pods'), {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: PROOF },
      spec: { containers: [{ name: PROOF, image: PROOF }] },
    }),
    make(
      'refused',
      'create a key for itself',
      core(TEACHER.namespace, 'serviceaccounts', TEACHER.name, 'token'),
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 600 },
      },
    ),
  ];
}

/**
 * What a token of the teacher's account may, or may not, against what it should, asked of the API server with such a token; `undefined`: all is so.
 * One of its own, for ten minutes: whether the dashboard is as it should be does not depend on which computer asks, nor on the hour. Of the one on this
 * computer it is told where it opens nothing. Only looks.
 */
export async function tokenFailing(c: Context): Promise<string | undefined> {
  const { stdout } = await c.cluster.query(askToken(c.cluster.kubectl, TEACHER, { minutes: 10 }));
  const trials = teacherTrials((await clusterNodes(c))[0]?.name ?? '');
  const outcomes = await tryToken(
    c.cluster,
    new Secret(stdout.trim()),
    trials.map(({ attempt }) => attempt),
  );
  const wrong = trials.map((trial, i) => verdictOn(WHO, trial, outcomes[i])).find((one) => one !== undefined);
  if (wrong !== undefined) return wrong;
  const useless = await whyUseless(c);
  if (useless !== undefined)
    c.notice(
      `the teacher's token ${useless}: \`${typedFor(c.cluster, 'kmon addon add dashboard')}\` makes one`,
    );
  return undefined;
}

/** Why nobody can sign in with what is on this computer, behind "the token"; `undefined`: one can. Only looks. */
async function whyUseless({ cluster, clock, config }: Context): Promise<string | undefined> {
  const token = (await textOf(teacherTokenFile(config)))?.trim() ?? '';
  const life = lifeOf(token);
  if (life === undefined) return 'is not on this computer';
  if (life.until <= clock.now()) return 'of this computer is over';
  const [outcome] = await tryToken(cluster, new Secret(token), [{ verb: 'get', path: '/api/v1/nodes' }]);
  return outcome?.answer === 'no-key' ? 'of this computer is not taken by this cluster' : undefined;
}
