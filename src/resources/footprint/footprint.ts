import { inOrder, reads, withOptions } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import type { ExecResult } from '../../transport/transport.js';
import { Fields } from '../fields.js';
import { foldersAt, KUBERNETES_FOLDERS } from './folders.js';
import type { Folders } from './folders.js';
import { modules, nftTables, podGroups } from './kernel.js';
import { links } from './links.js';
import type { Links } from './links.js';
import { mounts } from './mounts.js';
import type { FootprintPart } from './part.js';
import { packetRules } from './rules.js';
import { sharedPlaces, sweepShared } from './shared.js';
import type { Shared } from './shared.js';
import { settings } from './settings.js';
import type { Settings } from './settings.js';
import type { Reversible } from '../resource.js';

export type FootprintParams = {
  /** Absolute, without blanks. */
  readonly folders: readonly string[];
};

export type FootprintState = {
  readonly mounts: readonly string[];
  readonly rules: readonly string[];
  readonly tables: readonly string[];
  readonly links: Links;
  readonly groups: readonly string[];
  readonly folders: Folders;
  /** Not in ledgers of before. */
  readonly shared?: Shared;
  readonly settings: Settings;
  readonly modules: readonly string[];
};

/** Folders may take a while: a gigabyte of unpacked images on a slow disk. */
const TIMEOUT_MS = 300_000;

/**
 * What kubeadm, the kubelet, kube-proxy, containerd and the CNI make, and no resource knows: mounts, packet rules, links, control groups,
 * folders, kernel settings. Noted before any of them runs and after the packages are there (iptables is what rules are read with), so that
 * it is undone when the node is no node any more and while the packages are still there. Exactly what was not there goes. What cannot be
 * told from the owner's (a rule under another name) is not seen, hence never touched.
 */
export function footprint(
  params: FootprintParams = { folders: KUBERNETES_FOLDERS },
): Reversible<FootprintState> {
  const folders = foldersAt(params.folders);
  return {
    id: 'footprint of Kubernetes',
    kind: 'footprint',
    params,
    read: reads`${part('mounts', mounts)}
${part('rules', packetRules)}
${part('tables', nftTables)}
${part('links', links)}
${part('groups', podGroups)}
${part('folders', folders)}
${part('shared', sharedPlaces)}
${part('settings', settings)}
${part('modules', modules)}`,
    parse: (result) => parse(result, folders),
    restore: (found, now) => {
      // Mounts before folders; rules before links, which they name; modules last, when nothing uses them.
      const steps = [
        ...mounts.undo(found.mounts, now.mounts),
        ...podGroups.undo(found.groups, now.groups),
        ...packetRules.undo(found.rules, now.rules),
        ...nftTables.undo(found.tables, now.tables),
        ...links.undo(found.links, now.links),
        ...folders.undo(found.folders, now.folders),
        ...settings.undo(found.settings, now.settings),
      ];
      if (steps.length + sharedPlaces.undo(found.shared ?? {}, now.shared ?? {}).length === 0)
        return 'nothing';
      return withOptions(
        inOrder([...steps, sweepShared(found.shared ?? {}), ...modules.undo(found.modules, now.modules)]),
        {
          timeoutMs: TIMEOUT_MS,
        },
      );
    },
  };
}

function part(name: string, of: { readonly read: Command<'reads'> }): Command<'reads'> {
  return reads`(
${of.read}
) | sed ${`s/^/${name} /`}`;
}

function parse(result: ExecResult, folders: FootprintPart<Folders>): FootprintState {
  const lines = new Fields(result, [
    'mounts',
    'rules',
    'tables',
    'links',
    'groups',
    'folders',
    'shared',
    'settings',
    'modules',
  ]);
  return {
    mounts: mounts.parse(lines.all('mounts')),
    rules: packetRules.parse(lines.all('rules')),
    tables: nftTables.parse(lines.all('tables')),
    links: links.parse(lines.all('links')),
    groups: podGroups.parse(lines.all('groups')),
    folders: folders.parse(lines.all('folders')),
    shared: sharedPlaces.parse(lines.all('shared')),
    settings: settings.parse(lines.all('settings')),
    modules: modules.parse(lines.all('modules')),
  };
}
