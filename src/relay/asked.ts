import { createHash } from 'node:crypto';
import { isNear } from './origins.js';
import type { Origins } from './origins.js';

/** Something that a machine asks the relay for, and that it may have. */
export interface Asked {
  readonly from: 'registry' | 'packages';
  /** Where it comes from. */
  readonly url: string;
  /** `always`: what is there under this address never changes. `run`: it is fetched once a run. */
  readonly keep: 'always' | 'run';
  /** Stands for the content: what is of one name is the same, wherever it comes from. Letters, digits and hyphens. */
  readonly name: string;
  /** What SHA-256 the content has to have, in hexadecimal digits. */
  readonly sha256?: string;
  /** What it has to begin with: the page of a filter is no package. */
  readonly begins?: string;
}

/** Where machines ask for images: behind it the name of the registry, then as the registry itself is asked. */
export const IMAGES_AT = '/images/';

/** Where machines ask for packages that come by https: behind it host and path. */
export const PACKAGES_AT = '/packages/';

const IMAGE_PATH =
  /^\/v2(\/(?:[a-z0-9]+(?:[._-]+[a-z0-9]+)*\/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*\/(?:manifests|blobs)\/sha256:([0-9a-f]{64}))$/;

/** The layout of every repository of Debian's kind. */
const REPOSITORY_PATH = /\/(?:dists|pool)\/[A-Za-z0-9%~+.:_/-]+$/;

/**
 * What a request is for; `undefined`: for nothing that the relay gives. Pure.
 *
 * Images are given by digest alone. What a tag stands for is asked of the registry itself by the machine: an answer of the relay's could not be
 * proven, and whoever took its port once it is gone could answer anything. Packages are proven by apt.
 *
 * @param target As in the first line of the request: a path, or an absolute address as a proxy is asked.
 */
export function askedFor(method: string, target: string, origins: Origins): Asked | undefined {
  if (method !== 'GET') return undefined;
  if (target.startsWith('/')) {
    const path = normal(target);
    if (path?.startsWith(IMAGES_AT) === true) return ofImage(path.slice(IMAGES_AT.length), origins);
    if (path?.startsWith(PACKAGES_AT) === true) return ofPackages(path.slice(PACKAGES_AT.length), origins);
    return undefined;
  }
  return ofDistribution(target);
}

/** Without `..` in any spelling, and without a question, which none of what is relayed has; but `ns`, by which containerd names the registry. */
function normal(target: string): string | undefined {
  const url = URL.canParse(target, 'http://relay') ? new URL(target, 'http://relay') : undefined;
  if (url?.host !== 'relay') return undefined;
  return url.pathname;
}

function ofImage(rest: string, { registries }: Origins): Asked | undefined {
  const [registry = ''] = rest.split('/');
  const base = Object.hasOwn(registries, registry) ? registries[registry] : undefined;
  const [, path, sha256] = IMAGE_PATH.exec(rest.slice(registry.length)) ?? [];
  if (base === undefined || path === undefined || sha256 === undefined) return undefined;
  return { from: 'registry', url: `${base}${path}`, keep: 'always', name: `sha256-${sha256}`, sha256 };
}

function ofPackages(rest: string, { packages }: Origins): Asked | undefined {
  const url = `https://${rest}`;
  return packages.some((base) => url.startsWith(base)) ? packageFrom(url) : undefined;
}

/** Whatever mirror the machine's own sources name, but nothing else that this computer reaches. */
function ofDistribution(target: string): Asked | undefined {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url?.protocol !== 'http:' || url.port !== '' || url.search !== '') return undefined;
  if (url.username !== '' || url.password !== '' || isNear(url.hostname)) return undefined;
  return REPOSITORY_PATH.test(url.pathname) ? packageFrom(url.href) : undefined;
}

function packageFrom(url: string): Asked {
  const name = `url-${createHash('sha256').update(url).digest('hex')}`;
  const [, sha256] = /\/by-hash\/SHA256\/([0-9a-f]{64})$/.exec(url) ?? [];
  if (sha256 !== undefined) return { from: 'packages', url, keep: 'always', name, sha256 };
  return /\.u?deb$/.test(url)
    ? { from: 'packages', url, keep: 'always', name, begins: PACKAGE }
    : { from: 'packages', url, keep: 'run', name };
}

/** See deb(5). */
const PACKAGE = '!<arch>\n';
