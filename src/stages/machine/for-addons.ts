import type { Purpose } from '../../artifacts/artifact.js';
import type { ImageArchive, SentFile } from '../../artifacts/supply.js';
import { ownNode } from '../../cluster/nodes.js';
import type { Config } from '../../config/config.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, onParent, pending, satisfied } from '../../engine/stage.js';
import { kmonFiles } from '../../resources/kmon-files.js';
import { clusterThere } from '../cluster/cluster-there.js';
import { images } from './images.js';
import { archivesFor, copying, filesFor, lackingArchives, lackingFiles, loading } from './sent-files.js';
import { whose } from './whose.js';

interface SentSeen {
  readonly files: readonly SentFile[];
  readonly archives: readonly ImageArchive[];
}

type Which = Pick<Stage<SentSeen>, 'id' | 'title' | 'on' | 'after' | 'apart'>;

const NOTHING: SentSeen = { files: [], archives: [] };

/** @param isFor Whether the machine is sent it at all; absent: it is. */
const sending = (
  purposes: (config: Config) => readonly Purpose[],
  which: Which,
  isFor: (c: Context) => Promise<boolean> = async () => true,
): Stage<SentSeen> => ({
  ...which,
  settleMs: 10_000,
  notes: ({ files }) => (files.length > 0 ? [kmonFiles()] : []),
  look: async (c, so) => {
    if (!(await isFor(c))) return NOTHING;
    const wanted = purposes(c.config);
    return { files: await lackingFiles(wanted, c, so), archives: await lackingArchives(wanted, c) };
  },
  foresee: (c) => ({
    files: filesFor(purposes(c.config), c),
    archives: archivesFor(purposes(c.config), c),
  }),
  judge: ({ files, archives }, { supply }) => {
    const lacking = files.length + archives.length;
    if (lacking > 0) return pending(`${lacking} missing or different`);
    return satisfied(supply.fetched ? 'fetched when needed' : 'all there');
  },
  steps: ({ files, archives }) => [...files.map(copying), ...archives.map(loading)],
});

const listed = ({ addons }: Config): readonly Purpose[] => addons;
const forAll = (config: Config): readonly Purpose[] => ['addons', ...listed(config)];

const ADDONS = { id: 'for-addons', title: 'Send what add-ons need' };

/**
 * What has to be sent for the add-ons alone, such as helm, charts and the images of the monitoring, and for those of the catalogue that kmon.yaml
 * lists: it comes while kubeadm works.
 */
export const forAddons = sending(forAll, { ...ADDONS, on: 'all', after: here(images), apart: true });

/** The same to a parent whose cluster is there, and may have been left before all of it was sent. */
export const forAddonsLater = sending(() => ['addons'], {
  ...ADDONS,
  on: 'parent',
  after: onParent(clusterThere),
});

/** What add-ons of the catalogue need, to each machine that is in the cluster. */
export const forCatalogue = sending(
  listed,
  { ...ADDONS, on: 'all', after: [...here(whose), ...onParent(clusterThere)] },
  async (c) => (await ownNode(c)) !== undefined,
);

/** The image of what loads a child as the pod of a team, to each child that is in the cluster. */
export const forStress = sending(
  () => ['stress'],
  {
    id: 'for-stress',
    title: 'Send what the load needs',
    on: 'children',
    after: [...here(whose), ...onParent(clusterThere)],
  },
  async (c) => (await ownNode(c)) !== undefined,
);

/** The image of the test application, to each child that is in the cluster. */
export const forTestApp = sending(
  () => ['test-app'],
  {
    id: 'for-test-app',
    title: 'Send what the test application needs',
    on: 'children',
    after: [...here(whose), ...onParent(clusterThere)],
  },
  async (c) => (await ownNode(c)) !== undefined,
);
