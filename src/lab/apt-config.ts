import { KmonError } from '../errors/kmon-error.js';

/** The Debian release of the machines. */
export const SUITE = 'bookworm';

/** One archive that this computer's apt knows. */
export interface AptSource {
  /** With its scheme, as apt has it. */
  readonly uri: string;
  readonly release: string;
  readonly components: readonly string[];
}

/** One setting of apt, such as `Acquire::http::Proxy`. */
export interface AptSetting {
  readonly key: string;
  readonly value: string;
}

/** The format for `apt-get indextargets` that `parseSources` reads. */
export const INDEX_TARGETS_FORMAT =
  '$(TARGET_OF)\t$(ORIGIN)\t$(CODENAME)\t$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)';

/**
 * Debian's own binary archives of the machines' release among everything that apt here is set up for. Other origins stay out:
 * a student's computer does not have them.
 *
 * @throws KmonError `precondition` when there is none.
 */
export function parseSources(indexTargets: string): readonly AptSource[] {
  const found = new Map<string, AptSource>();
  let main = false;
  for (const line of indexTargets.split('\n')) {
    const [of, origin, codename = '', uri, release, component] = line.split('\t');
    if (of !== 'deb' || origin !== 'Debian' || uri === undefined || release === undefined) continue;
    if (codename !== SUITE && !codename.startsWith(`${SUITE}-`)) continue;
    main ||= codename === SUITE;
    const key = `${uri} ${release}`;
    const components = new Set(found.get(key)?.components);
    if (component !== undefined && component !== '') components.add(component);
    found.set(key, { uri, release, components: [...components] });
  }
  if (!main) {
    throw new KmonError('precondition', `apt on this computer knows no archive of Debian ${SUITE}`, {
      hint: `run apt-get update; the lab takes its mirror from this computer's own apt sources, which must have ${SUITE}`,
    });
  }
  return [...found.values()];
}

/** The sources.list of the machines, the same archives as this computer's. */
export function sourcesList(sources: readonly AptSource[]): string {
  return sources.map((s) => `deb ${s.uri} ${s.release} ${s.components.join(' ')}\n`).join('');
}

/** How apt here reaches its mirror: proxies and what else of `apt-config dump` decides whether a download succeeds. */
export function parseSettings(dump: string): readonly AptSetting[] {
  return dump.split('\n').flatMap((line) => {
    const match = /^(\S+) "(.*)";$/.exec(line);
    const [key, value] = [match?.[1] ?? '', match?.[2] ?? ''];
    return value !== '' && CARRIED.test(key) && !OF_THIS_COMPUTER.test(key) ? [{ key, value }] : [];
  });
}

const CARRIED = /^Acquire::(?:(?:https?|ftp)::.+|Check-Valid-Until|Check-Date|ForceIPv[46]|Retries)$/i;
// Programs and files that a machine does not have.
const OF_THIS_COMPUTER = /Proxy-Auto-Detect|Ca(?:Info|Path)|Ssl(?:Cert|Key)|CrlFile/i;

/** The proxies of the environment, which apt honours where its own settings name none. */
export function environmentProxies(
  env: Readonly<Record<string, string | undefined>>,
  settings: readonly AptSetting[],
): readonly AptSetting[] {
  return (['http', 'https'] as const).flatMap((scheme) => {
    const key = `Acquire::${scheme}::Proxy`;
    const value = env[`${scheme}_proxy`] ?? '';
    const named = settings.some((setting) => setting.key.toLowerCase() === key.toLowerCase());
    return value === '' || named ? [] : [{ key, value }];
  });
}

/**
 * The settings as a file for apt.conf.d.
 *
 * @param gateway this computer as a machine sees it: a proxy that listens here is reached there, not on the machine's own loopback.
 */
export function settingsFile(settings: readonly AptSetting[], gateway?: string): string {
  return settings
    .map(({ key, value }) => {
      const seen = gateway === undefined ? value : value.replace(LOOPBACK_HOST, `$1${gateway}`);
      return `${key} "${seen}";\n`;
    })
    .join('');
}

const LOOPBACK_HOST = /^([a-z]+:\/\/(?:[^/@]*@)?)(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?=[:/]|$)/i;

/** The hosts that a machine must reach for its packages. */
export function mirrorHosts(
  sources: readonly AptSource[],
  settings: readonly AptSetting[],
): readonly string[] {
  const urls = [...sources.map((s) => s.uri), ...settings.map((s) => s.value)];
  return [...new Set(urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).hostname] : [])))].filter(
    (host) => host !== '',
  );
}

/** Whether a download is encrypted, so that this computer's own certificate authorities matter. */
export function needsAuthorities(sources: readonly AptSource[], settings: readonly AptSetting[]): boolean {
  return [...sources.map((s) => s.uri), ...settings.map((s) => s.value)].some((url) => /^https:/i.test(url));
}
