/** The way from this computer to an address; absent: straight. */
export type ProxyFor = (url: URL) => URL | undefined;

/**
 * The proxies that the environment of this process names, as curl and others read it: `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, small
 * letters before capitals. A proxy that is no address of http or https counts as none.
 */
export function proxiesOf(env: Readonly<Record<string, string | undefined>>): ProxyFor {
  const read = (name: string): string => env[name] ?? env[name.toUpperCase()] ?? '';
  const except = read('no_proxy')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  return (url) => {
    const named = read(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') || read('all_proxy');
    if (named === '' || except.some((entry) => isFor(entry, url))) return undefined;
    const written = named.includes('://') ? named : `http://${named}`;
    const proxy = URL.canParse(written) ? new URL(written) : undefined;
    return proxy !== undefined && /^https?:$/.test(proxy.protocol) ? proxy : undefined;
  };
}

/** `*`, a name with all that is below it, or the same with a port. */
function isFor(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === '*') return true;
  const [name = '', wanted = ''] = entry
    .replace(/^\*?\./, '')
    .toLowerCase()
    .split(':');
  if (wanted !== '' && wanted !== (port === '' ? (protocol === 'https:' ? '443' : '80') : port)) return false;
  return hostname === name || hostname.endsWith(`.${name}`);
}

/** What a proxy is shown that wants a name and a password. */
export function proxyHeaders({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}
