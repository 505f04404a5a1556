import { settings } from './lines.js';
import type { Facts, OsBase } from './facts.js';

/** What a machine tells of its system: the lines of the files that it has. */
export interface OsFiles {
  /** os-release(5). */
  readonly osRelease: readonly string[];
  /** /etc/upstream-release/lsb-release, where Mint and elementary OS tell what they are made from. */
  readonly upstreamRelease?: readonly string[];
  /** /etc/debian_version: `12.5`, `trixie/sid`, `kali-rolling`. */
  readonly debianVersion?: string;
}

type Distribution = OsBase['distribution'];

/** Versions by codename: a system that is made from one of these tells no more than that. */
const RELEASES: Readonly<Record<Distribution, ReadonlyMap<string, string>>> = {
  debian: new Map([
    ['wheezy', '7'],
    ['jessie', '8'],
    ['stretch', '9'],
    ['buster', '10'],
    ['bullseye', '11'],
    ['bookworm', '12'],
    ['trixie', '13'],
  ]),
  ubuntu: new Map([
    ['trusty', '14.04'],
    ['xenial', '16.04'],
    ['bionic', '18.04'],
    ['focal', '20.04'],
    ['jammy', '22.04'],
    ['noble', '24.04'],
    ['oracular', '24.10'],
    ['plucky', '25.04'],
    ['questing', '25.10'],
    ['resolute', '26.04'],
  ]),
};

/** Names that always mean what is not released yet. */
const NO_RELEASE = ['sid', 'unstable', 'testing'];

/** Which system this is, and what it is made from. Pure. */
export function readOs(files: OsFiles): Facts['os'] {
  const values = settings(files.osRelease);
  const id = values.get('ID') ?? '';
  const like = (values.get('ID_LIKE') ?? '').split(' ').filter((word) => word !== '');
  const base = itself(id, values) ?? madeFrom(like, values, files);
  return {
    id,
    like,
    version: values.get('VERSION_ID') ?? '',
    codename: values.get('VERSION_CODENAME') ?? '',
    name: values.get('PRETTY_NAME') ?? id,
    ...(base === undefined ? {} : { base }),
  };
}

/** Debian and Ubuntu with all its flavours. Raspberry Pi OS calls itself debian (64 bit) or raspbian (32 bit). */
function itself(id: string, values: ReadonlyMap<string, string>): OsBase | undefined {
  const distribution = id === 'raspbian' ? 'debian' : id;
  if (distribution !== 'debian' && distribution !== 'ubuntu') return undefined;
  const version = values.get('VERSION_ID');
  const codename = values.get('VERSION_CODENAME');
  if (/\(development branch\)/.test(values.get('PRETTY_NAME') ?? '')) return base(distribution, [], []);
  // Testing and sid have a codename and no version. What was testing when it was installed may be a release by now.
  if (version === undefined) return base(distribution, [], [codename]);
  return { distribution, codename: codename ?? codenameOf(distribution, version) ?? '', version };
}

/** The codename of their own, if they have one, is theirs alone: wilma, faye, horus. */
function madeFrom(
  like: readonly string[],
  values: ReadonlyMap<string, string>,
  { upstreamRelease = [], debianVersion = '' }: OsFiles,
): OsBase | undefined {
  const upstream = settings(upstreamRelease);
  const told = (distribution: Distribution, ...keys: readonly string[]): readonly string[] => [
    ...keys.flatMap((key) => values.get(key) ?? []),
    ...(upstream.get('DISTRIB_ID')?.toLowerCase() === distribution
      ? [upstream.get('DISTRIB_CODENAME') ?? '']
      : []),
  ];
  const own = values.get('VERSION_CODENAME');
  const ubuntu = told('ubuntu', 'UBUNTU_CODENAME', 'UBUNTU_VERSION_CODENAME');
  if (ubuntu.length > 0 || like.includes('ubuntu')) return base('ubuntu', ubuntu, [own]);
  const debian = told('debian', 'DEBIAN_CODENAME');
  if (debian.length > 0 || like.includes('debian') || debianVersion !== '') {
    const [name = ''] = debianVersion.split('/');
    return base('debian', debian, [codenameOf('debian', /^\d*/.exec(name)?.[0] ?? '') ?? name, own]);
  }
  return undefined;
}

/** @param told means a release, also one that is newer than this program; `maybe` does if it is one that is known */
function base(
  distribution: Distribution,
  told: readonly string[],
  maybe: readonly (string | undefined)[],
): OsBase {
  const releases = RELEASES[distribution];
  const known = [...told, ...maybe].find((codename) => codename !== undefined && releases.has(codename));
  const codename = known ?? told.find((name) => name !== '' && !NO_RELEASE.includes(name)) ?? '';
  return { distribution, codename, version: releases.get(codename) ?? '' };
}

function codenameOf(distribution: Distribution, version: string): string | undefined {
  return [...RELEASES[distribution]].find(([, released]) => released === version)?.[0];
}
