import { BUSYBOX, LOCAL_PATH_PROVISIONER } from '../../artifacts/images.js';
import { leadingTo } from '../../cluster/hindered-pods.js';
import { notRolledOut } from '../../cluster/rollout.js';
import { apiPath } from '../../tools/kubectl.js';
import type { CatalogueAddon } from '../addon.js';
import { labelOf, notListed } from '../addon-label.js';
import { STORAGE_CLASS } from './classes.js';
import { lacksHelperImage } from './image-everywhere.js';
import { inUse } from './in-use.js';
import { storageManifest } from './manifest.js';

const ID = 'storage';

const NAMESPACE = 'kmon-storage';

/**
 * A place on the disk of a child for what an application keeps: local-path-provisioner. A volume is on the machine on which its pod first ran, and the
 * pod goes nowhere else from then on.
 */
export const storage: CatalogueAddon = {
  id: ID,
  title: 'Install local-path-provisioner',
  group: 'catalogue',
  what: 'a place on the disk of a child for what a pod keeps',
  notWanted: notListed(ID),
  needs: [LOCAL_PATH_PROVISIONER, BUSYBOX],
  install: (c) => [{ kind: 'objects', name: ID, manifest: () => storageManifest(c) }],
  proofs: [
    (c) => notRolledOut(c.cluster, [{ kind: 'deployments', namespace: NAMESPACE, name: 'kmon-storage' }]),
  ],
  verifies: [lacksHelperImage],
  settleMs: 120_000,
  knownBy: [apiPath('apis', 'storage.k8s.io', 'v1', 'storageclasses', STORAGE_CLASS)],
  shows: ({ cluster }) => ({ kind: 'command', line: `kubectl ${leadingTo(cluster)} get pvc -A` }),
  inUse,
  // The class first: nobody can claim of it from then on.
  leaves: () => ({
    objects: [
      { kinds: ['storageclasses', 'clusterrolebindings', 'clusterroles'], label: labelOf(ID) },
      { namespace: NAMESPACE, kinds: ['deployments', 'pods'], label: labelOf(ID) },
      { kinds: ['namespaces'], label: labelOf(ID) },
    ],
  }),
  explain: {
    en: 'A pod forgets what it wrote when it goes. With a claim it gets a folder on the disk of the machine on which it runs, and finds its files there again when it comes back. The folder is on that one machine: without it there is no file.',
    fr: "Un pod oublie ce qu'il a écrit quand il disparaît. Avec une demande de volume, il reçoit un dossier sur le disque de la machine où il tourne, et y retrouve ses fichiers à son retour. Le dossier est sur cette seule machine : sans elle, pas de fichiers.",
  },
};
