import { access } from './access/access.js';
import { exporter } from './access/exporter.js';
import { unseen } from './access/unseen.js';
import { address } from './addresses/address.js';
import { lease } from './addresses/lease.js';
import { otherNetworks } from './addresses/other-networks.js';
import { ranges } from './addresses/ranges.js';
import { segment } from './addresses/segment.js';
import { clock } from './clock/clock.js';
import { identity } from './identity/identity.js';
import { laptop } from './laptop/laptop.js';
import { clusterVersion } from './leftovers/cluster-version.js';
import { otherKubernetes } from './leftovers/other-kubernetes.js';
import { packages } from './leftovers/packages.js';
import { linkTaken } from './leftovers/taken-link.js';
import { portTaken } from './leftovers/taken-ports.js';
import { whose } from './leftovers/whose.js';
import { firewall } from './network/firewall.js';
import { forwarding } from './network/forwarding.js';
import { latency } from './network/latency.js';
import { loss } from './network/loss.js';
import { mtu } from './network/mtu.js';
import { reach } from './network/reach.js';
import { speed } from './network/speed.js';
import { unproven } from './network/unproven.js';
import { sources } from './sources/sources.js';
import { chapter } from './subject.js';
import type { CatalogueEntry, CodeOf, Entries, FindingOf, Subject } from './subject.js';
import { cgroup } from './system/cgroup.js';
import { kernel } from './system/kernel.js';
import { kind } from './system/kind.js';
import { places } from './system/places.js';
import { size } from './system/size.js';

/** Everything that the check can find, in the order of the documentation. */
export const CHAPTERS = [
  chapter('Access', [access, exporter, unseen]),
  chapter('System', [kind, cgroup, kernel, size, places]),
  chapter('Identity', [identity]),
  chapter('What is there already', [whose, clusterVersion, otherKubernetes, portTaken, linkTaken, packages]),
  chapter('Addresses', [address, lease, otherNetworks, segment, ranges]),
  chapter('The network, proven', [reach, firewall, forwarding, loss, latency, mtu, speed, unproven]),
  chapter('Clock', [clock]),
  chapter('Laptop', [laptop]),
  chapter('Packages and images', [sources]),
] as const;

type Listed = (typeof CHAPTERS)[number]['subjects'][number];

/** The code of any finding. */
export type FindingCode = CodeOf<Listed>;

type FixableIn<E> = { readonly [C in keyof E]: E[C] extends { readonly fix: string } ? C : never }[keyof E];

/** The codes that `kmon check --fix` can do something about. */
export type FixableCode = Listed extends infer S
  ? S extends Subject<infer E>
    ? FixableIn<E>
    : never
  : never;

/** One thing worth saying about a machine, or about the room, whatever its subject. */
export type Finding = FindingOf<FindingCode>;

/** All subjects, in the order of the documentation. */
export const SUBJECTS: readonly Subject<Entries, FindingCode>[] = CHAPTERS.flatMap<
  Subject<Entries, FindingCode>
>((c) => c.subjects);

/** What there is to know of every code, in the order of the documentation. */
export const CATALOGUE: ReadonlyMap<FindingCode, CatalogueEntry> = new Map(
  SUBJECTS.flatMap(({ entries }) => Object.entries(entries)).flatMap(([code, entry]) =>
    isCode(code) ? [[code, entry] as const] : [],
  ),
);

/** A finding may have this code. */
export function isCode(code: string): code is FindingCode {
  return SUBJECTS.some(({ entries }) => Object.hasOwn(entries, code));
}
