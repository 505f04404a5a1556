import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KmonError } from '../../errors/kmon-error.js';

/** What `scripts/internet/build` made. */
export interface InternetFolder {
  readonly folder: string;
  /** The version of Kubernetes that its packages are of, such as "v1.36.3". */
  readonly kubernetes: string;
}

/** @throws KmonError `config` for a folder that is none. */
export async function readInternetFolder(folder: string): Promise<InternetFolder> {
  const text = await readFile(join(folder, 'internet.yaml'), 'utf8').catch(() => '');
  const found = parseInternet(text);
  if (found !== undefined) return { folder, kubernetes: found };
  throw new KmonError('config', `${folder} holds nothing for the lab's Internet`, {
    hint: 'name the folder that scripts/internet/build prints',
  });
}

/** The version of Kubernetes in an internet.yaml; undefined for any other text. */
export function parseInternet(text: string): string | undefined {
  const doc: unknown = parse(text);
  if (typeof doc !== 'object' || doc === null || !('format' in doc) || !('kubernetes' in doc))
    return undefined;
  return doc.format === 'kmon-lab-internet/1' && typeof doc.kubernetes === 'string'
    ? doc.kubernetes
    : undefined;
}
