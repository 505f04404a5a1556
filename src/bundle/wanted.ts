import type { ImageAt } from '../fetch/registry.js';
import type { BundlePart } from './bundle.js';

/** A part before it is known byte by byte. */
export type PartName = Pick<BundlePart, 'name' | 'kind' | 'version' | 'file' | 'for' | 'architecture'> & {
  /** It is gzipped once, here, and unpacked on each machine as it arrives. */
  readonly packed?: true;
};

/** A file that its publisher has on the web with its checksum beside it, and what of it goes into a bundle. */
export interface Release {
  readonly kind: 'release';
  readonly url: string;
  /** What is there begins with the SHA-256 of the file. */
  readonly sumUrl: string;
  /** `member`: its path in the file, which is a gzipped tar; absent: it is the file itself. */
  readonly parts: readonly (PartName & { readonly member?: string })[];
}

/** Images that are needed by the same machines: one archive. */
export interface ImageSet {
  readonly kind: 'images';
  readonly part: PartName;
  /** As Go names it, and with it the registries. */
  readonly processor: string;
  /** `name`: by which pods ask for it. */
  readonly images: readonly { readonly name: string; readonly at: ImageAt }[];
}

/** A file that its publisher has at a registry of images, as it lies there. */
export interface PulledFile {
  readonly kind: 'pulled';
  readonly part: PartName;
  readonly at: ImageAt;
  /** What it is called there, of all that may lie beside it. */
  readonly mediaType: string;
}

/** A file that kmon makes itself; the same bytes each time. */
export interface OwnFile {
  readonly kind: 'own';
  readonly part: PartName;
  readonly content: () => Promise<Buffer>;
}

export type Source = Release | ImageSet | PulledFile | OwnFile;

/** What a bundle is to be made of. */
export interface WantedBundle {
  /** Such as v1.36.3. */
  readonly kubernetes: string;
  /** As Debian names them. */
  readonly architectures: readonly string[];
  readonly sources: readonly Source[];
}

/** What is made of a source. */
export function partsOf(source: Source): readonly PartName[] {
  return source.kind === 'release' ? source.parts : [source.part];
}
