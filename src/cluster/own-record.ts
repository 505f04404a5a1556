import { textOf } from '../here/private-files.js';
import { parseForeignJson } from '../tools/foreign-json.js';
import { LOCAL_TOOLS } from './own-cluster.js';
import type { LocalTool } from './own-cluster.js';

/** What `kmon solo` may install. */
export const SOLO_PROFILES = ['lite', 'stack'] as const;
export type SoloProfile = (typeof SOLO_PROFILES)[number];

/** Written before the cluster is made: what bears its name without this is somebody else's. */
export interface OwnRecord {
  readonly tool: LocalTool;
  /** Of this very cluster; see `minikubeStart`. */
  readonly id: string;
  readonly profile: SoloProfile;
  /** The number of the kmon that was at work on it last. */
  readonly pid: number;
  /** It came to its end once: what is there is whole. */
  readonly made: boolean;
}

/** `undefined`: nothing is noted, or nothing that can be read. */
export async function readRecord(file: string): Promise<OwnRecord | undefined> {
  const text = await textOf(file);
  if (text === undefined) return undefined;
  try {
    const json = parseForeignJson(text, file);
    const [tool, profile] = [json.at('tool').text, json.at('profile').text];
    const [id, pid] = [json.at('id').text, json.at('pid').number];
    const knownTool = LOCAL_TOOLS.find((one) => one === tool);
    const knownProfile = SOLO_PROFILES.find((one) => one === profile);
    if (knownTool === undefined || knownProfile === undefined || id === undefined || pid === undefined)
      return undefined;
    return { tool: knownTool, id, profile: knownProfile, pid, made: json.at('made').flag === true };
  } catch {
    return undefined;
  }
}

export function recordText(record: OwnRecord): string {
  return `${JSON.stringify(record)}\n`;
}
