import type { OtherComputer, OtherSight } from './computer.js';

/** Properties of one object, as `Format-List` writes them. */
export type Properties = Readonly<Record<string, string>>;

/**
 * What `Format-List` printed, object by object: `Name   : value` lines, a blank line between two objects. A value that goes on in the next
 * lines (indented, without a name) is put together with commas.
 */
export function parseFormatList(text: string): readonly Properties[] {
  const objects: Record<string, string>[] = [];
  let current: Record<string, string> | undefined;
  let last = '';
  for (const line of text.replaceAll('\r', '').split('\n')) {
    const [, name, value = ''] = /^([A-Za-z][\w.]*)\s*:(?: (.*)|)$/.exec(line) ?? [];
    if (line.trim() === '') current = undefined;
    else if (name !== undefined) {
      if (current === undefined) objects.push((current = {}));
      current[name] = value.trim();
      last = name;
    } else if (/^\s/.test(line) && current !== undefined) {
      current[last] = `${current[last] ?? ''}, ${line.trim()}`;
    }
  }
  return objects;
}

/** `Microsoft Windows [Version 10.0.22631.3007]`, as `ver` says it: 10.0.22631; `undefined` for anything else. */
export function parseVer(text: string): string | undefined {
  // The word before the number is in the language of Windows.
  return /\[\S+ (\d+\.\d+\.\d+)(?:\.\d+)?\]/.exec(text)?.[1];
}

/** What `lookAtWindows` printed. Parts that are missing leave their fields out. */
export function parseWindowsLook(stdout: string, computer: OtherComputer): OtherSight {
  const text = stdout.replaceAll('\r', '');
  const part = (name: string): readonly Properties[] => parseFormatList(partOf(text, name));
  const own = part('address').find((a) => a['IPAddress'] === computer.address);
  const interfaceName = own?.['InterfaceAlias'];
  const gateway = part('route').find(
    (r) => r['InterfaceAlias'] === interfaceName && r['NextHop'] !== '0.0.0.0',
  )?.['NextHop'];
  const admin = /^admin=(True|False)$/m.exec(partOf(text, 'user'))?.[1];
  const firewall = profileOf(part('profile'), part('network'), interfaceName);
  const futile = futility(firewall);
  return {
    ...(admin === undefined ? {} : { mayChange: admin === 'True' }),
    ...(interfaceName === undefined ? {} : { interfaceName }),
    ...(own?.['PrefixLength'] === undefined ? {} : { prefix: Number(own['PrefixLength']) }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(own?.['PrefixOrigin'] === undefined
      ? {}
      : { addressing: own['PrefixOrigin'] === 'Dhcp' ? ('leased' as const) : ('static' as const) }),
    ...(firewall?.['Enabled'] === undefined
      ? {}
      : { firewall: firewall['Enabled'] === 'True' ? ('on' as const) : ('off' as const) }),
    listening: part('listener').some((l) => !(l['LocalAddress'] ?? '').startsWith('127.')),
    opened: parseRules(text, computer.exporterPort).open,
    ...(futile === undefined ? {} : { futile }),
  };
}

/** kmon's own rules: how many there are, and whether one of them opens the port. */
export function parseRules(stdout: string, port: number): { readonly open: boolean; readonly ours: number } {
  const rules = parseFormatList(partOf(stdout.replaceAll('\r', ''), 'rule'));
  const open = rules.some(
    (r) => r['Name'] === `kmon-exporter-${port}` && r['Enabled'] === 'True' && r['Action'] === 'Allow',
  );
  return { open, ours: rules.length };
}

function partOf(text: string, name: string): string {
  const begin = text.indexOf(`@@${name}\n`);
  if (begin < 0) return '';
  const from = begin + name.length + 3;
  const end = text.indexOf('\n@@', from - 1);
  return text.slice(from, end < 0 ? undefined : end);
}

/** The firewall has a profile for each kind of network, and the network of the room is of one of them. */
function profileOf(
  profiles: readonly Properties[],
  networks: readonly Properties[],
  interfaceName: string | undefined,
): Properties | undefined {
  const category = networks.find((n) => n['InterfaceAlias'] === interfaceName)?.['NetworkCategory'];
  const name = category === 'DomainAuthenticated' ? 'Domain' : category;
  return profiles.find((p) => p['Name'] === name) ?? profiles.find((p) => p['Enabled'] === 'True');
}

/** A policy of the school may switch rules off that were made on the computer itself. */
function futility(profile: Properties | undefined): string | undefined {
  if (profile?.['Enabled'] !== 'True') return undefined;
  const network = (profile['Name'] ?? '').toLowerCase();
  if (profile['AllowInboundRules'] === 'False')
    return `its firewall lets nothing in on ${network} networks ("block all incoming connections")`;
  if (profile['AllowLocalFirewallRules'] === 'False')
    return `a policy of its administrators lets only their own rules count on ${network} networks`;
  return undefined;
}
