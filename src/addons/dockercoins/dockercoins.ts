import { PYTHON, REDIS } from '../../artifacts/images.js';
import { leadingTo } from '../../cluster/hindered-pods.js';
import { notRolledOut } from '../../cluster/rollout.js';
import { PORTS } from '../../room/ports.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, notListed } from '../addon-label.js';
import { inUse } from './in-use.js';
import { dockercoinsManifest } from './manifest.js';
import { notMining } from './mining.js';
import { PARTS, WEBUI } from './parts.js';

const ID = 'dockercoins';

/** In the words of every lesson about it, and of what a class types. */
const NAMESPACE = 'dockercoins';

/**
 * An application of several parts for a class to scale, after the one of Jérôme Petazzoni's lessons: workers that ask rng and hasher and count what comes
 * of it. One of the parts holds all of them up, and that is to be found.
 */
export const dockercoins: CatalogueAddon = {
  id: ID,
  title: 'Have the class mine coins',
  group: 'catalogue',
  what: 'an application of five parts, for the class to scale',
  notWanted: notListed(ID),
  needs: [REDIS, PYTHON],
  install: (c) => [{ kind: 'objects', name: ID, manifest: () => dockercoinsManifest(c) }],
  proofs: [
    (c) =>
      notRolledOut(
        c.cluster,
        PARTS.map(({ name }) => ({ kind: 'deployments', namespace: NAMESPACE, name })),
      ),
    (c) => notMining(c, NAMESPACE),
  ],
  settleMs: 180_000,
  ports: ['dockercoins'],
  knownBy: [],
  // Of a cluster that is no room nobody has said which machines can be reached: there is no port of theirs.
  shows: ({ config, cluster }) =>
    cluster.context === undefined
      ? { kind: 'address', url: `http://${config.room.parent.address}:${PORTS.dockercoins.port}/` }
      : {
          kind: 'command',
          line: `kubectl ${leadingTo(cluster)} -n ${NAMESPACE} port-forward service/${WEBUI} 8080:80`,
        },
  inUse: (c) => inUse(c, NAMESPACE),
  leaves: () => ({
    objects: [
      { namespace: NAMESPACE, kinds: ['deployments', 'services', 'configmaps', 'pods'], label: labelOf(ID) },
      { kinds: ['namespaces'], label: labelOf(ID) },
    ],
  }),
  explain: {
    en: 'Workers fetch random numbers from rng, have them hashed by hasher, and count in Redis; webui shows how fast. Two workers are twice as fast as one and ten are not ten times as fast: one of the parts has become too slow for all of them, and the class finds out which.',
    fr: "Des workers prennent des nombres au hasard chez rng, les font hacher par hasher et comptent dans Redis ; webui montre à quelle vitesse. Deux workers vont deux fois plus vite qu'un seul, mais dix ne vont pas dix fois plus vite : une des parties est devenue trop lente pour tous, et la classe cherche laquelle.",
  },
};
