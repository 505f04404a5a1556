import { createHash, randomBytes } from 'node:crypto';
import type {
  ClusterObject,
  DefinitionsPart,
  GivenSecret,
  KeyPart,
  ObjectsPart,
  Part,
  Password,
  ReleasePart,
  ReplacedRelease,
} from '../../addons/addon.js';
import { applyDefinitions, definitionsToApply } from '../../cluster/definitions.js';
import { applyObjects, isSecretThere, objectsDiffer } from '../../cluster/objects.js';
import {
  isKmons,
  lookAtRelease,
  removeRelease,
  upgradeRelease,
  wantedRelease,
  whyUpgrade,
} from '../../cluster/release.js';
import type { WantedRelease } from '../../cluster/release.js';
import { give, key } from '../../engine/results.js';
import type { Given, Results } from '../../engine/results.js';
import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { Secret } from '../../shell/secret.js';
import type { Release } from '../../tools/helm.js';
import { deleteObject } from '../../tools/kubectl.js';
import { putFile } from '../../tools/put-file.js';
import { lacksKey, makeKey } from './account-key.js';

/** A part of an add-on as it was seen on the cluster. */
export type PartSeen = InPlace | ReleaseLacking | ObjectsLacking | DefinitionsLacking | KeyLacking;

/** As it should be. */
interface InPlace {
  readonly part: Part;
  readonly lacks?: undefined;
}

interface ReleaseLacking {
  readonly part: ReleasePart;
  /** Why something has to be done for it. */
  readonly lacks: string;
  readonly release: Release;
  /** Absent in a plan that asks nobody. */
  readonly wanted?: WantedRelease;
  readonly hasPassword: boolean;
  /** The releases that are there, and whose place it takes. */
  readonly replaces: readonly ReplacedRelease[];
}

interface ObjectsLacking {
  readonly part: ObjectsPart;
  readonly lacks: string;
}

interface DefinitionsLacking {
  readonly part: DefinitionsPart;
  readonly lacks: string;
  readonly toApply: readonly string[];
}

interface KeyLacking {
  readonly part: KeyPart;
  readonly lacks: string;
}

/** Names of the parts that this run has installed: helm and kubectl have said so, and who waits for pods need not ask again. */
const INSTALLED = key<readonly string[]>('what was installed');

/** Whether this run has put a part of the add-on there. */
export function hasInstalled(so: Results): boolean {
  return so.get(INSTALLED) !== undefined;
}

export async function lookAtPart(part: Part, c: Context, so: Results): Promise<PartSeen> {
  if (so.get(INSTALLED)?.includes(nameOf(part)) === true) return { part };
  if (part.kind === 'objects')
    return (await objectsDiffer(c.cluster, await part.manifest())) ? foreseePart(part) : { part };
  if (part.kind === 'definitions') {
    // They come first, and are large: once something behind them was installed they are not asked for again.
    if (hasInstalled(so)) return { part };
    const toApply = await definitionsToApply(c.cluster, part);
    return toApply.length === 0 ? { part } : { part, lacks: lacksDefinitions(part, toApply), toApply };
  }
  if (part.kind === 'key') {
    const lacks = await lacksKey(part, c);
    return lacks === undefined ? { part } : { part, lacks };
  }
  const release = await lookAtRelease(c.cluster, part);
  const wanted = await wantedOf(part);
  const lacks = whyUpgrade(part, release, wanted);
  if (lacks === undefined) return { part };
  for (const text of [part.leftOut, part.told]) if (text !== undefined) c.notice(text);
  // Where its own is there it has taken the place of the other already.
  const replaces = release.state === 'absent' ? await replacedThere(part, c) : [];
  return { part, lacks, release, wanted, replaces, hasPassword: await isPasswordThere(part.password, c) };
}

/** As if nothing of it were there. */
export function foreseePart(part: Part): PartSeen {
  if (part.kind === 'objects') return { part, lacks: `${part.name} is not there` };
  if (part.kind === 'definitions')
    return { part, lacks: lacksDefinitions(part, part.names), toApply: part.names };
  if (part.kind === 'key') return { part, lacks: `${part.what} is not there` };
  return {
    part,
    lacks: `release ${part.release} is absent`,
    release: { state: 'absent' },
    hasPassword: false,
    replaces: [],
  };
}

function lacksDefinitions({ name, names }: DefinitionsPart, toApply: readonly string[]): string {
  return `${toApply.length} of ${names.length} definitions of ${name} are not there`;
}

/** What is done for a part that lacks something; nothing for one that does not. */
export function stepsFor(seen: PartSeen, c: Context): readonly Step[] {
  if (seen.lacks === undefined) return [];
  if ('release' in seen) return releaseSteps(seen, c);
  if ('toApply' in seen) return [defining(seen, c)];
  return isOfKey(seen) ? makeKey(seen.part, installed(seen.part)) : [applying(seen.part, c)];
}

function defining({ part, toApply }: DefinitionsLacking, { cluster }: Context): Step {
  return {
    at: 'cluster',
    intent: `define ${part.name} (${toApply.length})`,
    command: async () => applyDefinitions(cluster, toApply, await part.manifest(toApply)),
    gives: installed(part),
  };
}

function applying(part: ObjectsPart, { cluster }: Context): Step {
  return {
    at: 'cluster',
    intent: `apply ${part.name}`,
    command: async () => applyObjects(cluster, await part.manifest()),
    gives: installed(part),
  };
}

function isOfKey(seen: KeyLacking | ObjectsLacking): seen is KeyLacking {
  return seen.part.kind === 'key';
}

function nameOf(part: Part): string {
  if (part.kind === 'key') return part.file;
  return part.kind === 'release' ? `${part.namespace}/${part.release}` : part.name;
}

function installed(part: Part): (so: Results) => Given {
  return (so) => give(INSTALLED, [...(so.get(INSTALLED) ?? []), nameOf(part)]);
}

function releaseSteps(
  { part, release, wanted, hasPassword, replaces }: ReleaseLacking,
  c: Context,
): readonly Step[] {
  const { cluster } = c;
  return [
    ...replaces.flatMap((one) => replacing(one, c)),
    ...(release.state === 'interrupted'
      ? [
          {
            at: 'cluster' as const,
            intent: 'remove a release that an earlier run left half done',
            command: removeRelease(cluster, part),
          },
        ]
      : []),
    ...copyChart(part),
    ...(part.password === undefined || hasPassword ? [] : makePassword(part.password, c)),
    ...(part.given === undefined ? [] : [bring(part.given, c)]),
    {
      at: 'cluster',
      intent: `helm upgrade --install ${part.release}`,
      command: async () => upgradeRelease(cluster, part, wanted ?? (await wantedOf(part))),
      gives: installed(part),
    },
  ];
}

async function wantedOf({ chart, values }: ReleasePart): Promise<WantedRelease> {
  return wantedRelease(chart.path, await chart.digest(), await values());
}

function copyChart({ chart: { path, archive } }: ReleasePart): readonly Step[] {
  if (archive === undefined) return [];
  return [
    {
      at: 'cluster',
      intent: 'copy the chart',
      command: async () => {
        const content = await archive();
        const sha256 = createHash('sha256').update(content).digest('hex');
        return putFile({ path, content, sha256, mode: '644', timeoutMs: 120_000 });
      },
    },
  ];
}

function bring({ what, objects }: GivenSecret, { cluster }: Context): Step {
  return {
    at: 'cluster',
    intent: `bring ${what}`,
    command: async () => applyObjects(cluster, await objects()),
  };
}

async function replacedThere(
  { replaces = [] }: ReleasePart,
  { cluster }: Context,
): Promise<readonly ReplacedRelease[]> {
  const there: ReplacedRelease[] = [];
  for (const one of replaces) if (isKmons(await lookAtRelease(cluster, one), one)) there.push(one);
  return there;
}

/** The two would fight for ports, and Prometheus would measure twice. */
function replacing(replaced: ReplacedRelease, { cluster }: Context): readonly Step[] {
  return [
    {
      at: 'cluster',
      intent: `remove the release ${replaced.release}, whose place it takes`,
      command: removeRelease(cluster, replaced),
    },
    ...replaced.leaves.map((object) => removing(object, cluster)),
  ];
}

/** @returns the step that removes it, if it is there. */
export function removing(object: ClusterObject, cluster: Context['cluster']): Step {
  const { kind, namespace, name } = object;
  return {
    at: 'cluster',
    intent: `remove ${kind} ${name}${namespace === undefined ? '' : ` in ${namespace}`}`,
    command: deleteObject(cluster.kubectl, object),
  };
}

async function isPasswordThere(password: Password | undefined, { cluster }: Context): Promise<boolean> {
  return password !== undefined && isSecretThere(cluster, password.namespace, password.secret);
}

function makePassword({ what, file, told, objects }: Password, { cluster }: Context): readonly Step[] {
  let made: Secret | undefined;
  // A plan needs none.
  const password = (): Secret => (made ??= new Secret(randomBytes(12).toString('base64url')));
  return [
    {
      at: 'here',
      intent: `write ${what} into ${file} on this computer`,
      file,
      content: () => password().within((text) => `${text}\n`),
      notice: `${told} is in ${file}`,
    },
    { at: 'cluster', intent: `make ${what}`, command: () => applyObjects(cluster, objects(password())) },
  ];
}
