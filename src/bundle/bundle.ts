import type { Role } from '../room/machine.js';

/** One file of a bundle. */
export interface BundlePart {
  readonly name: string;
  readonly kind: 'binary' | 'images' | 'chart';
  readonly version: string;
  /** Path below the bundle's folder. */
  readonly file: string;
  /** Of the file as it lies in the bundle. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Of what comes out of a file that is packed with gzip; absent: it is not. Images have packed layers and are never packed once more. */
  readonly unpacked?: { readonly sha256: string; readonly sizeBytes: number };
  readonly for: readonly Role[];
  /** Image references in the archive (kind `images`). */
  readonly images: readonly string[];
  /** The one kind of machine that it is for, as Debian names it; absent: all that the bundle is for. */
  readonly architecture?: string;
  /** What it was made from, by address or name and checksum, for who makes it again. */
  readonly from?: readonly string[];
}

/** Everything a room needs without Internet, as `bundle.yaml` lists it. */
export interface Bundle {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly name: string;
  /** Such as v1.36.3. */
  readonly kubernetes: string;
  /** Kinds of machine that it is for, as Debian names them. */
  readonly architectures: readonly string[];
  readonly parts: readonly BundlePart[];
}
