import { KmonError } from '../errors/kmon-error.js';
import { KMON_FOLDER } from '../config/names.js';
import type { Language } from '../shell/language.js';
import { aptSourceFiles } from './apt-source.js';
import { clock } from './clock.js';
import { directory } from './directory.js';
import { exporterClosing } from './exporter-opening.js';
import { madeFile } from './file.js';
import { FIREWALL_NAMES, firewallOpening } from './firewall/opening.js';
import { footprint } from './footprint/footprint.js';
import { guestDoor } from './guest-door.js';
import { hostsBlock } from './hosts-entry.js';
import { kernelModule } from './kernel-module.js';
import { kmonFiles } from './kmon-files.js';
import { kubeadmNode } from './kubeadm-node.js';
import { loopbackAddress } from './loopback-address.js';
import { packages } from './packages.js';
import { Params } from './params.js';
import type { Json, Reversible } from './resource.js';
import { route } from './route.js';
import { sleepInhibitor } from './sleep-inhibitor.js';
import { staticAddress } from './static-address/static-address.js';
import { KEEPERS } from './static-address/keeper.js';
import { sysctl } from './sysctl.js';
import { targets } from './targets.js';
import { unit } from './unit.js';
import { vxlan } from './vxlan.js';
import { vxlanPeer } from './vxlan-peer.js';

/** Every kind on machines of the room, with the way from what the ledger keeps to what can be given back. */
const KINDS = {
  'apt-source': (p) => aptSourceFiles(p.text('name')),
  clock: (p) => clock({ startedMs: p.number('startedMs') }),
  directory: (p) => directory({ path: p.text('path'), ...p.optional('mode') }),
  file: (p) => madeFile({ path: p.text('path'), made: p.text('made'), ...p.optional('then') }),
  'firewall-opening': (p) =>
    firewallOpening({
      system: p.word('system', FIREWALL_NAMES),
      room: p.text('room'),
      pods: p.text('pods'),
      ports: p.texts('ports'),
    }),
  footprint: (p) => footprint({ folders: p.texts('folders') }),
  // Without a device in ledgers of before; it goes as a table.
  'guest-door': (p) =>
    guestDoor({
      device: p.has('device') ? p.text('device') : '',
      node: p.text('node'),
      port: p.number('port'),
    }),
  'hosts-entry': (p) => hostsBlock({ ...p.optional('block'), entries: [] }),
  'kernel-module': (p) =>
    kernelModule({ name: p.text('name'), ...(p.has('evidence') ? { evidence: p.texts('evidence') } : {}) }),
  // Without a folder in ledgers of before: there was one only.
  'kmon-files': (p) => kmonFiles({ folder: KMON_FOLDER, ...p.optional('folder') }),
  'kubeadm-node': (p) =>
    kubeadmNode({
      binDir: p.text('binDir'),
      criSocket: p.text('criSocket'),
      ...p.optional('runtimeUnit'),
    }),
  'loopback-address': (p) => loopbackAddress({ address: p.text('address') }),
  packages: (p) => packages({ names: p.texts('names'), hold: p.flag('hold') }),
  route: (p) =>
    route({
      destination: p.text('destination'),
      ...p.optional('via', 'device'),
      ...(p.flag('onlink') ? { onlink: true } : {}),
    }),
  'sleep-inhibitor': () => sleepInhibitor(),
  'static-address': (p) =>
    staticAddress({
      keeper: p.word('keeper', KEEPERS),
      device: p.text('device'),
      address: p.text('address'),
      profile: p.text('profile'),
      ...p.optional('gateway'),
    }),
  sysctl: (p) => sysctl({ key: p.text('key'), value: p.text('value'), ...p.optional('module') }),
  targets: () => targets(),
  unit: (p) =>
    unit({
      name: p.text('name'),
      ...(p.has('enabled') ? { enabled: p.flag('enabled') } : {}),
      ...(p.has('active') ? { active: p.flag('active') } : {}),
    }),
  vxlan: (p) =>
    vxlan({
      device: p.text('device'),
      vni: p.number('vni'),
      port: p.number('port'),
      mac: p.text('mac'),
      address: p.text('address'),
      mtu: p.number('mtu'),
    }),
  'vxlan-peer': (p) =>
    vxlanPeer({
      device: p.text('device'),
      address: p.text('address'),
      mac: p.text('mac'),
      machine: p.text('machine'),
    }),
} satisfies Readonly<Record<string, (params: Params) => Reversible>>;

/** Every kind on computers that are only observed; what these are spoken to in is no Linux's. */
const KINDS_THERE = {
  'macos-exporter-opening': (p) => exporterClosing('macos', { port: p.number('port') }),
  'windows-exporter-opening': (p) => exporterClosing('windows', { port: p.number('port') }),
} satisfies Readonly<Record<string, (params: Params) => Reversible<Json, Language>>>;

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

export const KIND_NAMES_THERE: readonly string[] = Object.keys(KINDS_THERE);

/**
 * The thing that an entry in a machine's ledger is about.
 *
 * @throws KmonError `precondition` for a kind or parameters that this version of kmon does not know.
 */
export function reversibleFor(kind: string, params: Json): Reversible {
  if (!isIn(KINDS, kind)) throw unknownKind(kind);
  return KINDS[kind](new Params(kind, params));
}

/** The same in the ledger of a computer that is only observed. @throws KmonError `precondition` likewise. */
export function reversibleThere(kind: string, params: Json): Reversible<Json, Language> {
  if (!isIn(KINDS_THERE, kind)) throw unknownKind(kind);
  return KINDS_THERE[kind](new Params(kind, params));
}

function isIn<Kinds extends object>(kinds: Kinds, kind: PropertyKey): kind is keyof Kinds {
  return Object.hasOwn(kinds, kind);
}

function unknownKind(kind: string): KmonError {
  return new KmonError(
    'precondition',
    `the ledger has an entry of a kind that this kmon does not know: ${kind}`,
    { hint: 'use the version of kmon that wrote it, or a newer one' },
  );
}
