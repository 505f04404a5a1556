import { settings, unquote } from './lines.js';
import type { FactLines } from './lines.js';
import type { Facts } from './facts.js';

/**
 * The proxies that the machine's settings name: for programs (/etc/environment, systemd's DefaultEnvironment), and for the package manager alone.
 * Names and passwords are gone before the lines leave the machine.
 */
export function parseProxies(lines: FactLines): Pick<Facts, 'proxy' | 'packageProxy'> {
  const sources = [settings(lines.file('/etc/environment')), defaultEnvironment(lines)].flatMap(
    (variables) => {
      const url = ['https_proxy', 'http_proxy', 'all_proxy']
        .map((name) => variable(variables, name))
        .find((value) => value !== '');
      if (url === undefined) return [];
      const https = variable(variables, 'https_proxy');
      const noProxy = variable(variables, 'no_proxy').split(/[,\s]+/);
      return [{ url, https, noProxy: noProxy.filter((entry) => entry !== '') }];
    },
  );
  const [first, ...others] = sources;
  const https = sources.map((s) => s.https).find((url) => url !== '');
  const packages = packageProxy(lines);
  return {
    ...(first === undefined
      ? {}
      : {
          proxy: {
            url: first.url,
            ...(https === undefined ? {} : { https }),
            // What one of them sends through the proxy goes through the proxy.
            noProxy: first.noProxy.filter((entry) => others.every((o) => o.noProxy.includes(entry))),
          },
        }),
    ...(packages === undefined ? {} : { packageProxy: packages }),
  };
}

/** Both spellings are in use; programs that know both prefer the small letters. */
function variable(variables: ReadonlyMap<string, string>, name: string): string {
  return variables.get(name) || (variables.get(name.toUpperCase()) ?? '');
}

/** `DefaultEnvironment="HTTP_PROXY=http://…" NO_PROXY=localhost` */
function defaultEnvironment(lines: FactLines): ReadonlyMap<string, string> {
  const assignments = lines.files(/\/systemd\/system\.conf(\.d\/|$)/).flatMap(([, text]) =>
    text.flatMap((line) => {
      const words = /^\s*DefaultEnvironment\s*=(.*)$/.exec(line)?.[1] ?? '';
      return [...words.matchAll(/"[^"]*"|'[^']*'|\S+/g)].map(([word]) => unquote(word));
    }),
  );
  return settings(assignments);
}

/** `Acquire::http::Proxy "http://…";`, also within braces, and dnf's `proxy=http://…`. */
function packageProxy(lines: FactLines): string | undefined {
  const apt = lines.files(/^\/etc\/apt\/apt\.conf(\.d\/|$)/).flatMap(([, text]) => text);
  const dnf = lines.files(/^\/etc\/(dnf\/dnf|yum)\.conf$/).flatMap(([, text]) => text);
  return [
    ...apt.map((line) => /^(?!\s*(?:\/\/|#))(?:.*[\s:{])?Proxy\s+"([^"]+)"/i.exec(line)?.[1]),
    ...dnf.map((line) => /^\s*proxy\s*=\s*(\S+)/.exec(line)?.[1]),
  ].find((url) => url !== undefined && !/^(direct|false|none|_none_)$/i.test(url));
}
