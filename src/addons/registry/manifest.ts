import { createHash } from 'node:crypto';
import { REGISTRY } from '../../artifacts/images.js';
import { registryUrl } from '../../artifacts/origins.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { reads } from '../../shell/command.js';
import { apiPath, getIfThere } from '../../tools/kubectl.js';
import { parseConfigMap } from '../../tools/kubernetes-objects.js';
import { parentOf } from '../parent-node.js';
import { CACHE, CLASS, hasCache, NAMESPACE } from './names.js';

/** The authorities that the parent trusts, where somebody stands between a room and the Internet: its pods have none but those of their image. */
export const readAuthorities = reads`if [ -e /etc/kubernetes/admin.conf ]; then cat /etc/ssl/certs/ca-certificates.crt 2>/dev/null || true; fi`;

/** A ConfigMap holds a megabyte; all authorities of Debian are a quarter of that. */
const AUTHORITIES_AT_MOST = 700_000;

const FOLDER = '/etc/kmon';
const AUTHORITIES = 'authorities.crt';

/** Both registries as they should be (namespace `kmon-registry`), or the one. */
export async function registryManifest(c: Context, printed: ReadonlyMap<string, string>): Promise<string> {
  const instances = [await instance(CLASS, SETTINGS, {}, c)];
  if (hasCache(c)) {
    const authorities = printed.get(c.config.room.parent.name) ?? (await knownBefore(c));
    const settings = { ...SETTINGS, proxy: { remoteurl: registryUrl('docker.io') } };
    const trusts = authorities.includes('-----BEGIN') && authorities.length < AUTHORITIES_AT_MOST;
    const files: Readonly<Record<string, string>> = trusts ? { [AUTHORITIES]: authorities } : {};
    instances.push(await instance(CACHE, settings, files, c));
  }
  return [await readTemplate('addons/registry/namespace.yaml'), ...instances].join('---\n');
}

/** Where nobody has read on the parent: what the cache that is there was given. */
async function knownBefore({ cluster }: Context): Promise<string> {
  const path = apiPath('api', 'v1', 'namespaces', NAMESPACE, 'configmaps', CACHE.name);
  return parseConfigMap(await cluster.query(getIfThere(cluster.kubectl, path)))[AUTHORITIES] ?? '';
}

/** In the words of distribution 3. */
const SETTINGS = {
  version: '0.1',
  log: { level: 'warn', accesslog: { disabled: true } },
  storage: { filesystem: { rootdirectory: '/var/lib/registry' } },
  http: { addr: ':5000' },
} as const;

async function instance(
  { name, port }: typeof CLASS | typeof CACHE,
  settings: object,
  more: Readonly<Record<string, string>>,
  c: Context,
): Promise<string> {
  const files = { 'config.yml': `${JSON.stringify(settings)}\n`, ...more };
  const digest = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const trusting = AUTHORITIES in more ? [{ name: 'SSL_CERT_FILE', value: `${FOLDER}/${AUTHORITIES}` }] : [];
  return renderTemplate(await readTemplate('addons/registry/instance.yaml'), {
    name,
    nodePort: port,
    image: c.supply.indispensable(REGISTRY),
    node: await parentOf(c),
    files,
    digest,
    // It would tell somebody at its own loopback of each request.
    env: [{ name: 'OTEL_TRACES_EXPORTER', value: 'none' }, ...trusting],
  });
}
