import { createHash } from 'node:crypto';
import { z } from 'zod';
import { KmonError } from '../errors/kmon-error.js';
import { refused } from './failures.js';
import { bytesOf, textAt } from './web.js';
import type { Answer, Web } from './web.js';

/** An image as a registry is asked for it. */
export interface ImageAt {
  /** Its address, such as https://registry-1.docker.io. */
  readonly registry: string;
  /** Such as "grafana/grafana". */
  readonly repository: string;
  readonly tag: string;
  /** What it is in messages; absent: an image. */
  readonly what?: 'chart';
}

/** A piece of an image, by the checksum of its content. */
export interface Blob {
  readonly mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly size: number;
}

/** An image for one kind of processor. */
export interface ImageManifest {
  readonly mediaType: string;
  readonly digest: string;
  /** Its text, byte by byte as its digest is of. */
  readonly text: Buffer;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

/** Reads images of registries, each piece proven by its digest; only the name of a version is taken at its word. */
export interface Registries {
  /**
   * @param processor as Go names it: "amd64", "arm64"
   * @throws KmonError `precondition` when there is no such image, or none for that processor
   */
  manifest(image: ImageAt, processor: string): Promise<ImageManifest>;
  /**
   * A file that lies there beside images and runs on nothing, such as a chart: its only piece of that kind.
   *
   * @throws KmonError `precondition` when there is none
   */
  file(at: ImageAt, mediaType: string): Promise<Blob>;
  /** Where a piece of it is fetched, and with which headers. Asked after `manifest`, which logs in where everybody has to. */
  blob(image: ImageAt, digest: string): { readonly url: string; readonly headers: Record<string, string> };
}

const INDEX = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFEST = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const ACCEPT = [...INDEX, ...MANIFEST].join(', ');

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const blob = z.object({ mediaType: z.string(), digest, size: z.int().nonnegative() });
const indexText = z.object({
  manifests: z.array(
    z.object({ digest, platform: z.object({ architecture: z.string(), os: z.string() }).optional() }),
  ),
});
const manifestText = z.object({
  mediaType: z.string().optional(),
  config: blob,
  layers: z.array(blob).min(1),
});
const tokenText = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const configText = z.object({ architecture: z.string() });

export function openRegistries(web: Web, signal: AbortSignal): Registries {
  const logins = new Map<string, string>();
  const loginOf = ({ registry, repository }: ImageAt): Record<string, string> => {
    const login = logins.get(`${registry} ${repository}`);
    return login === undefined ? {} : { authorization: login };
  };

  const read = async (image: ImageAt, path: string): Promise<Piece> => {
    const url = `${image.registry}/v2/${image.repository}/${path}`;
    const request = (): Promise<Answer> =>
      web.ask(url, { headers: { accept: ACCEPT, ...loginOf(image) }, signal });
    let answer = await request();
    const challenge = answer.header('www-authenticate');
    if (answer.status === 401 && challenge !== undefined) {
      answer.body.destroy();
      logins.set(`${image.registry} ${image.repository}`, await logIn(web, image, challenge, signal));
      answer = await request();
    }
    if (answer.status === 404) throw lacking(image, 'is not there');
    if (answer.status !== 200) throw refused(url, answer);
    const text = await bytesOf(answer, url, signal);
    return { text, digest: digestOf(text), type: answer.header('content-type')?.split(';')[0] ?? '' };
  };
  /** A piece that is asked for by its digest has it. */
  const readProven = async (image: ImageAt, kind: 'manifests' | 'blobs', wanted: string): Promise<Piece> => {
    const piece = await read(image, `${kind}/${wanted}`);
    if (piece.digest === wanted) return piece;
    throw new KmonError('precondition', `${nameOf(image)}: what comes is not what was asked for`, {
      hint: 'use another network or mirror: something on the way changes what is fetched',
    });
  };

  return {
    manifest: async (image, processor) => {
      const named = await read(image, `manifests/${image.tag}`);
      const list = parsed(indexText, named.text);
      if (list !== undefined) {
        const entry = list.manifests.find(
          (m) => m.platform?.os === 'linux' && m.platform.architecture === processor,
        );
        if (entry === undefined) throw lacking(image, `is not there for ${processor}`);
        return manifestIn(image, await readProven(image, 'manifests', entry.digest));
      }
      // Not one of a list: the image says itself what it runs on.
      const only = manifestIn(image, named);
      const config = parsed(configText, (await readProven(image, 'blobs', only.config.digest)).text);
      if (config?.architecture !== processor) throw lacking(image, `is not there for ${processor}`);
      return only;
    },
    file: async (at, mediaType) => {
      const { layers } = manifestIn(at, await read(at, `manifests/${at.tag}`));
      const found = layers.filter((layer) => layer.mediaType === mediaType);
      const [only] = found;
      if (only === undefined || found.length > 1) throw lacking(at, 'is no file of the kind that is wanted');
      return only;
    },
    blob: (image, wanted) => ({
      url: `${image.registry}/v2/${image.repository}/blobs/${wanted}`,
      headers: loginOf(image),
    }),
  };
}

interface Piece {
  readonly text: Buffer;
  readonly digest: string;
  /** What the registry says that it is. */
  readonly type: string;
}

function manifestIn(image: ImageAt, { text, digest: own, type }: Piece): ImageManifest {
  const found = parsed(manifestText, text);
  if (found === undefined) throw lacking(image, 'is of a kind that is not known');
  const { config, layers, mediaType = type } = found;
  return { mediaType, digest: own, text, config, layers };
}

/** `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"`: what a registry gives everybody who asks. */
async function logIn(web: Web, image: ImageAt, challenge: string, signal: AbortSignal): Promise<string> {
  const words = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const realm = words.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm))
    throw lacking(image, 'is for those who have an account there');
  const url = new URL(realm);
  const service = words.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${image.repository}:pull`);
  const found = parsed(tokenText, Buffer.from(await textAt(web, url.href, { signal })));
  const token = found?.token ?? found?.access_token;
  if (token === undefined) throw lacking(image, 'is for those who have an account there');
  return `Bearer ${token}`;
}

function parsed<T>(schema: z.ZodType<T>, text: Buffer): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function digestOf(text: Buffer): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function nameOf({ registry, repository, tag }: ImageAt): string {
  return `${new URL(registry).host}/${repository}:${tag}`;
}

function lacking(image: ImageAt, why: string): KmonError {
  return new KmonError('precondition', `the ${image.what ?? 'image'} ${nameOf(image)} ${why}`, {
    hint: 'ask another mirror, or look whether that version is published',
  });
}
