import type { ProxyKnown } from './behaviour.js';
import { PROXY_PORT } from './ways.js';

/** The lab's own, and no secret: it opens nothing but a proxy in a lab. */
export const PROXY_LOGIN = { user: 'pupil', password: 'of-the-lab' } as const;

/** What a machine of the room has of the proxy, as the texts that its owner would have written; empty: nothing. */
export interface ProxySettings {
  readonly apt: string;
  /** Lines of /etc/environment. */
  readonly environment: string;
}

/** Only what the lab's Internet serves goes by the proxy where apt is told; what comes from elsewhere, such as Debian's packages, goes as before. */
export function proxySettings(
  known: ProxyKnown | undefined,
  o: { readonly address: string; readonly subnet: string; readonly names: readonly string[] },
): ProxySettings {
  if (known === undefined || known === 'nothing') return { apt: '', environment: '' };
  const login = known === 'password' ? `${PROXY_LOGIN.user}:${PROXY_LOGIN.password}@` : '';
  const url = `http://${login}${o.address}:${PROXY_PORT}`;
  return {
    apt: o.names.map((name) => `Acquire::https::Proxy::${name} "${url}";\n`).join(''),
    environment: `http_proxy=${url}\nhttps_proxy=${url}\nno_proxy=localhost,127.0.0.1,${o.subnet}\n`,
  };
}
