import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { KmonError } from '../../errors/kmon-error.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import type { Secret } from '../../shell/secret.js';
import type { ExecResult } from '../../transport/transport.js';
import { ForeignJson, parseForeignJson } from '../../tools/foreign-json.js';
import { isYoung, lifeOf } from '../token-life.js';
import type { TokenLife } from '../token-life.js';

/** The cluster of a kubeconfig: address, authority, and whatever else leads there. */
export type ClusterEntry = Readonly<Record<string, string | true>>;

/** What `getClusterEntry` printed. @throws KmonError `command` when it names no server */
export function parseClusterEntry({ stdout }: ExecResult): ClusterEntry {
  const entry = entryOf(parseForeignJson(stdout, 'kubectl'));
  if (entry['server'] === undefined)
    throw new KmonError('command', 'kubectl did not say where the cluster is', {
      evidence: stdout.slice(0, 200),
    });
  return entry;
}

const UNCHECKED = 'insecure-skip-tls-verify';

function entryOf(cluster: ForeignJson): ClusterEntry {
  return { ...cluster.texts, ...(cluster.at(UNCHECKED).flag === true ? { [UNCHECKED]: true } : {}) };
}

/** The folder of the teams' kubeconfigs on this computer, and of nothing else. */
export function teamsFolder({ stateDir }: { readonly stateDir: string }): string {
  return join(stateDir, 'teams');
}

const ENDING = '.kubeconfig';

/** Where the kubeconfig of a team lies on this computer. */
export function teamKubeconfig(config: { readonly stateDir: string }, team: string): string {
  return join(teamsFolder(config), `${team}${ENDING}`);
}

/** The text of a team's kubeconfig: with it every kubectl is in the team's namespace. */
export async function kubeconfigText(o: {
  readonly team: string;
  readonly room: string;
  readonly cluster: ClusterEntry;
  readonly token: Secret;
}): Promise<Secret> {
  const template = await readTemplate('teams/kubeconfig.yaml');
  const { token, ...rest } = o;
  return token.within((clear) => renderTemplate(template, { ...rest, token: clear }));
}

/** What is known of a kubeconfig without asking the cluster. */
export interface KeptKey extends TokenLife {
  readonly server: string;
  readonly cluster: string;
}

/** `undefined`: it is none of those that kmon writes. */
export function parseKubeconfig(text: string): KeptKey | undefined {
  const read = parsed(text);
  const cluster = read.at('clusters').list[0]?.at('cluster');
  const server = cluster?.at('server').text;
  const life = lifeOf(read.at('users').list[0]?.at('user', 'token').text ?? '');
  if (cluster === undefined || server === undefined || life === undefined) return undefined;
  return { server, cluster: JSON.stringify(entryOf(cluster)), ...life };
}

/** Whether there is no need of a new one: it leads to this cluster, and half of its time is yet to come. */
export function isFresh(key: KeptKey, cluster: ClusterEntry, now: number): boolean {
  return key.cluster === JSON.stringify(cluster) && isYoung(key, now);
}

function parsed(text: string): ForeignJson {
  try {
    return new ForeignJson(parse(text) as unknown);
  } catch {
    return new ForeignJson(undefined);
  }
}

/** The kubeconfigs of teams that are on this computer, whatever kmon.yaml says now. */
export async function keptKubeconfigs(config: { readonly stateDir: string }): Promise<readonly string[]> {
  const names = await readdir(teamsFolder(config)).catch(() => []);
  return names.filter((name) => name.endsWith(ENDING)).map((name) => join(teamsFolder(config), name));
}

/** The teams of which there is one. */
export async function keptTeams(config: { readonly stateDir: string }): Promise<readonly string[]> {
  return (await keptKubeconfigs(config)).map((file) => basename(file, ENDING));
}
