import { REGISTRY } from '../../artifacts/images.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { file } from '../../resources/file.js';
import type { Resource } from '../../resources/resource.js';
import { keptByFile, plainRegistryFile } from '../../tools/containerd-hosts.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, notListed } from '../addon-label.js';
import { notAnswering } from '../service-answers.js';
import { silentTo } from './asked-from-machine.js';
import { inUse } from './in-use.js';
import { readAuthorities, registryManifest } from './manifest.js';
import { CACHE, CLASS, hasCache, NAMESPACE, namesOfClass, reachedAt } from './names.js';

const ID = 'registry';

/**
 * A place in the room for the images of the class, and where there is Internet, for those of Docker's registry that somebody has wanted before. It is
 * plain HTTP without a password: whoever is in the room may push, and who may push needs no certificate to put something else under a name.
 */
export const registry: CatalogueAddon = {
  id: ID,
  title: 'Keep images in the room',
  group: 'catalogue',
  what: 'a place in the room for the images of the class',
  notWanted: notListed(ID),
  inTheWay: async (c) => noMachines(c),
  needs: [REGISTRY],
  reads: readAuthorities,
  onEachMachine: machineFiles,
  silentTo,
  install: (c, printed) => [{ kind: 'objects', name: ID, manifest: () => registryManifest(c, printed) }],
  proofs: [
    (c) =>
      notRolledOut(
        c.cluster,
        instancesOf(c).map(({ name }) => ({ ...DEPLOYMENT, name })),
      ),
    async (c) => {
      for (const { name } of instancesOf(c)) {
        const silent = await notAnswering(c, { namespace: NAMESPACE, name, port: 'http' });
        if (silent !== undefined) return `${name}: ${silent}`;
      }
      return undefined;
    },
  ],
  settleMs: 120_000,
  ports: ['registry', 'registryCache'],
  knownBy: [],
  shows: ({ config }) => ({
    kind: 'address',
    url: `http://${config.room.parent.address}:${CLASS.port}/v2/_catalog`,
  }),
  inUse,
  leaves: () => ({
    objects: [
      { namespace: NAMESPACE, kinds: ['deployments', 'services', 'configmaps', 'pods'], label: labelOf(ID) },
      { kinds: ['namespaces'], label: labelOf(ID) },
    ],
  }),
  explain: {
    en: 'A machine that is to run an image has to have it, and twenty machines on one line wait for each other when all fetch the same. A registry in the room keeps images: what the class has built is pushed there once, and every machine pulls it over the switch.',
    fr: "Une machine qui doit faire tourner une image doit d'abord l'avoir, et vingt machines sur une seule ligne s'attendent si toutes téléchargent la même. Un registre dans la salle garde les images : ce que la classe a construit y est poussé une fois, et chaque machine le prend par le commutateur.",
  },
};

const DEPLOYMENT = { kind: 'deployments', namespace: NAMESPACE } as const;

function instancesOf(c: Context): readonly (typeof CLASS | typeof CACHE)[] {
  return hasCache(c) ? [CLASS, CACHE] : [CLASS];
}

/** By which names containerd knows it. What is kept of Docker's registry is asked before that itself, which is asked when nobody answers. */
function machineFiles(c: Context): readonly Resource[] {
  const ofClass = namesOfClass(c.config).map((name) => plainRegistryFile(name, reachedAt(CLASS)));
  const ofOthers = hasCache(c) ? [keptByFile('docker.io', reachedAt(CACHE))] : [];
  return [...ofClass, ...ofOthers].map(file);
}

/** The machines have to be told of it. */
function noMachines({ cluster }: Context): KmonError | undefined {
  if (cluster.context === undefined) return undefined;
  return new KmonError(
    'precondition',
    'registry is for a room: on the machines of this cluster nobody can tell the container runtime where it is',
    { hint: 'use a registry that this cluster knows already, and leave registry out' },
  );
}
