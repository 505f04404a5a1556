import { isIPv4 } from 'node:net';
import type { Facts, Link, Listener } from './facts.js';
import { count, words, type FactLines } from './lines.js';

type Network = Pick<Facts, 'links' | 'addresses' | 'routes' | 'routeToParent' | 'listeners' | 'nameServers'>;

/** The part of the facts that tells how a machine is connected. */
export function parseNetwork(lines: FactLines): Network {
  // Where one of its questions has no answer, ip is asked again, one by one.
  const told = [...new Set(lines.section('ip'))];
  const addresses = told.flatMap(parseAddress);
  const toParent = routeToParent(told.find(isAnswer) ?? '', addresses);
  return {
    links: lines.all('link').flatMap(parseLink),
    addresses,
    routes: told.filter((line) => !isAnswer(line)).flatMap(parseRoute),
    ...(toParent === undefined ? {} : { routeToParent: toParent }),
    listeners: parseListeners(
      lines.section('sockets'),
      unitsByPid(lines.all('cgroup-of')),
      socketUnits(lines.section('socketunits')),
    ),
    nameServers: lines.file('/etc/resolv.conf').flatMap((line) => words(line)[1] ?? []),
  };
}

/** The answer to `ip route get`, among addresses and routes: the kernel makes it up, and ip says so; "parent" is put before it for an ip that does not. */
function isAnswer(line: string): boolean {
  return /^parent |\\\s+cache\b/.test(line);
}

/** `eth0 02:fc:00:00:00:01 yes no up 1400` */
function parseLink(line: string): readonly Link[] {
  const [device = '', mac = '', physical, wireless, state, mtu] = line.split(' ');
  if (device === '' || device === 'lo') return [];
  return [
    {
      device,
      mac,
      physical: physical === 'yes',
      wireless: wireless === 'yes',
      up: state === 'up',
      mtu: count(mtu),
    },
  ];
}

/** `4: eth0    inet 192.168.1.2/24 brd …`; a point-to-point address has `peer …/32` behind it. */
function parseAddress(line: string): Network['addresses'] {
  const match = /^\d+:\s+(\S+)\s+inet (\S+?)(?:\/(\d+))?\s(?:peer \S+?(?:\/(\d+))?\s)?/.exec(`${line} `);
  const [, device = '', address = '', own, peer] = match ?? [];
  if (!isIPv4(address)) return [];
  return [{ device: device.replace(/@.*$/, ''), address, prefix: Number(own ?? peer ?? 32) }];
}

/** `10.0.0.0/8 via 192.168.1.1 dev eth0 proto …`, also with several `nexthop via … dev …` behind it. */
function parseRoute(line: string): Network['routes'] {
  const destination = words(line)[0] ?? '';
  const device = /\bdev (\S+)/.exec(line)?.[1];
  const via = /\bvia (?:inet6 )?(\S+)/.exec(line)?.[1];
  const isRange = destination === 'default' || isIPv4(destination.replace(/\/\d+$/, ''));
  if (!isRange || device === undefined) return [];
  return [{ destination, device, ...(via === undefined ? {} : { via }) }];
}

/**
 * The kernel's answer is `… dev eth0 src 192.168.1.2 …`. On the parent itself it is the loopback device: then the device that has the
 * address counts.
 */
function routeToParent(answer: string, addresses: Network['addresses']): Network['routeToParent'] {
  const source = /\bsrc (\S+)/.exec(answer)?.[1];
  const device = /\bdev (\S+)/.exec(answer)?.[1];
  if (source === undefined || device === undefined || !isIPv4(source)) return undefined;
  if (device !== 'lo') return { source, device };
  const holder = addresses.find((a) => a.address === source && a.device !== 'lo');
  return holder === undefined ? undefined : { source, device: holder.device };
}

/** `tcp LISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=500,fd=14))`; users are missing for the kernel's own. */
function parseListeners(
  lines: readonly string[],
  units: ReadonlyMap<number, string>,
  sockets: ReadonlyMap<string, string>,
): readonly Listener[] {
  return lines.flatMap((line) => {
    const match = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+\s*(.*)$/.exec(line);
    if (match === null) return [];
    const [, protocol, local = '', port, users = ''] = match;
    const all = [...users.matchAll(/\("((?:[^"\\]|\\.)*)",pid=(\d+)/g)];
    const systemd = all.some(([, , pid]) => pid === '1');
    // What systemd has started for its socket says more than systemd.
    const [, process, pidText] = all.find(([, , pid]) => pid !== '1') ?? all[0] ?? [];
    const pid = pidText === undefined ? undefined : Number(pidText);
    const socketUnit = systemd ? sockets.get(`${protocol ?? ''} ${port ?? ''}`) : undefined;
    const unit = pid === undefined ? undefined : units.get(pid);
    return [
      {
        protocol: protocol === 'udp' ? 'udp' : 'tcp',
        port: count(port),
        // [fe80::1%eth0], 127.0.0.53%lo
        address: local.replaceAll(/[[\]]/g, '').replace(/%.*$/, ''),
        ...(process === undefined ? {} : { process }),
        ...(pid === undefined ? {} : { pid }),
        ...(unit === undefined ? {} : { unit }),
        ...(socketUnit === undefined ? {} : { socketUnit }),
      },
    ];
  });
}

/** Blocks of `Id=canteen.socket` and `Listen=[::]:9100 (Stream)`, by protocol and port: "tcp 9100". */
function socketUnits(lines: readonly string[]): ReadonlyMap<string, string> {
  const blocks = lines.join('\n').split(/\n{2,}/);
  return new Map(
    blocks.flatMap((block) => {
      const id = /^Id=(.+)$/m.exec(block)?.[1];
      if (id === undefined) return [];
      return [...block.matchAll(/^Listen=(?:\S*:)?(\d+) \((Stream|Datagram)\)$/gm)].map(
        ([, port = '', kind]) => [`${kind === 'Stream' ? 'tcp' : 'udp'} ${port}`, id] as const,
      );
    }),
  );
}

/**
 * `812 /system.slice/k3s-agent.service`: the unit that systemctl can stop. Units of a user's own manager and the scopes of containers
 * are none.
 */
function unitsByPid(lines: readonly string[]): ReadonlyMap<number, string> {
  return new Map(
    lines.flatMap((line) => {
      const [pid, ...path] = line.split(' ');
      const parts = path.join(' ').split('/');
      if (parts[1] !== 'system.slice') return [];
      const unit = parts.slice(2).find((part) => part.endsWith('.service'));
      return unit === undefined ? [] : [[count(pid), unit] as const];
    }),
  );
}
