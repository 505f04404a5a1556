/** Machines by name, each as `scripts/snapshot` tells of it. */
export type Snapshots = ReadonlyMap<string, string>;

/** What can be told of by `scripts/snapshot`. */
interface Told {
  readonly name: string;
  snapshot(): Promise<string>;
}

/** All of them at the same time. */
export async function snapshotsOf(machines: readonly Told[]): Promise<Snapshots> {
  return new Map(await Promise.all(machines.map(async (m) => [m.name, await m.snapshot()] as const)));
}

/** As they are whatever network card they have: in a container that was restarted it is another one, with another address of IPv6. */
export async function snapshotsOfAnyCard(machines: readonly Told[]): Promise<Snapshots> {
  const card = /fe80::(?:[0-9a-f]{1,4}:){3}[0-9a-f]{1,4}/g;
  return new Map(
    [...(await snapshotsOf(machines))].map(([name, text]) => [name, text.replaceAll(card, 'fe80::CARD')]),
  );
}

/** Settings of the kernel that a machine of a lab does not have for itself: they are the computer's. */
const SHARED_SETTINGS =
  /^(fs\.|vm\.|kernel\.(?!hostname |domainname |shm|msg|sem )|net\.netfilter\.nf_conntrack_(max|buckets) ).*\n/gm;

/**
 * Of a room in which no kubelet is started, without settings that all labs of the computer share: the first kubelet of any other lab sets
 * some of them, and the last teardown sets them back.
 */
export async function snapshotsWithoutShared(machines: readonly Told[]): Promise<Snapshots> {
  const seen = await snapshotsOf(machines);
  return new Map([...seen].map(([name, text]) => [name, text.replaceAll(SHARED_SETTINGS, '')]));
}

/**
 * What is not as it was, one line each, with its machine and its section of the snapshot: none is what a test asks for. Two snapshots have
 * thousands of lines, and a comparison of them as they are says only that they differ.
 */
export function notAsItWas(before: Snapshots, now: Snapshots): readonly string[] {
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((machine) => {
    const [was, is] = [before.get(machine), now.get(machine)];
    if (was === undefined || is === undefined) return [`${machine} is not in both snapshots`];
    if (was === is) return [];
    const [old, young] = [linesOf(was), linesOf(is)];
    const lines = difference(old, young);
    // The same lines, then, in another order or another number.
    return (lines.length > 0 ? lines : firstOtherwise(old, young)).map((line) => `${machine} ${line}`);
  });
}

/** Lines that are only in the first (`-`) or only in the second (`+`). */
export function difference(a: readonly string[], b: readonly string[]): readonly string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [
    ...a.filter((x) => !inB.has(x)).map((x) => `- ${x}`),
    ...b.filter((x) => !inA.has(x)).map((x) => `+ ${x}`),
  ];
}

/** With the section that each is in: a line of one may be one of another too. */
function linesOf(snapshot: string): readonly string[] {
  let section = '';
  return snapshot.split('\n').map((line) => {
    if (line.startsWith('## ')) section = line.slice(3);
    return `${section}: ${line}`;
  });
}

function firstOtherwise(old: readonly string[], young: readonly string[]): readonly string[] {
  const at = Math.max(
    0,
    young.findIndex((line, i) => line !== old[i]),
  );
  return [
    `- ${old[at] ?? 'no line'}`,
    `+ ${young[at] ?? 'no line'} (the same lines in another order or number)`,
  ];
}
