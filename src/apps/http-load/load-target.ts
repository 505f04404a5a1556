import { isIPv4 } from 'node:net';
import type { Config } from '../../config/config.js';
import { nearestKey } from '../../config/mistakes/suggest.js';
import { addressRange, parseSubnet, within } from '../../config/networks/subnet.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Machine, Observed } from '../../room/machine.js';
import { ownPorts } from '../../room/ports.js';
import { allMachines } from '../../room/room.js';
import type { Endpoint, RoutedService } from '../../tools/scaling.js';
import { portInUrl } from './load-address.js';
import type { LoadAddress } from './load-address.js';

/** Who answers under an address of the room. */
export type LoadPlace =
  | { readonly kind: 'service'; readonly address: string; readonly service: RoutedService }
  /** `service`: the one whose port of the machines it is; absent: some program of the machine's own answers. */
  | {
      readonly kind: 'machine';
      readonly address: string;
      readonly machine: Machine;
      readonly service?: RoutedService;
    }
  /** To be a pod it has to be one that the cluster knows. */
  | { readonly kind: 'pod'; readonly address: string }
  /** Nobody knows yet whose name it is. */
  | { readonly kind: 'name'; readonly name: string };

/** What of a room says what may be loaded in it. */
export type LoadedRoom = Pick<Config, 'room' | 'kubernetes' | 'addons' | 'monitoring'>;

const SSH_PORT = 22;

const HINT = 'load a Service (http://NAME.NAMESPACE), a machine of the room, or a pod by its address';

/** The API server as pods know it. */
const API_SERVICE = 'default/kubernetes';

/**
 * Who is meant by the host of an URL: a machine of the room by name or address, or a Service by its name and namespace (`web.red`, with
 * or without `.svc.cluster.local`) or address. An address that is none of these may be a pod's; that is for the cluster to say.
 *
 * @throws KmonError `precondition` for what may not be loaded: the ports of the room itself, the API server, the monitoring, computers that are
 * only observed
 */
export function placeOf(
  asked: LoadAddress,
  config: LoadedRoom,
  services: readonly RoutedService[],
): LoadPlace {
  const { host } = asked;
  const { room } = config;
  const called = (c: Machine | Observed): boolean => c.name === host || c.address === host;
  const machine = allMachines(room).find(called);
  if (machine !== undefined) return machinePlace(asked, machine, config, services);
  if (room.observed.some(called))
    throw outside(asked, `${host} is a computer that is only observed`, 'load an application of the cluster');
  const service = isIPv4(host) ? services.find((s) => s.address === host) : serviceNamed(host, services);
  if (service !== undefined) return servicePlace(asked, service, config);
  return isIPv4(host) ? { kind: 'pod', address: host } : { kind: 'name', name: host };
}

/**
 * Refuses an address that is in no range of the room: that is seen before any machine is asked anything.
 *
 * @throws KmonError `precondition`
 */
export function refuseFarAddress(
  asked: LoadAddress,
  { room, kubernetes }: Pick<Config, 'room' | 'kubernetes'>,
): void {
  const { host } = asked;
  if (!isIPv4(host)) return;
  const known = [...allMachines(room), ...room.observed].some((c) => c.address === host);
  const ranges = [kubernetes.podSubnet, kubernetes.serviceSubnet].flatMap((text) => parseSubnet(text) ?? []);
  if (known || ranges.some((range) => within(addressRange(host), range))) return;
  throw outside(asked, `${host} is no machine of the room, and in neither network of the cluster`, HINT);
}

function machinePlace(
  { port }: LoadAddress,
  machine: Machine,
  config: LoadedRoom,
  services: readonly RoutedService[],
): LoadPlace {
  refuseOwnPort(port, machine, config);
  const service = services.find((s) => s.ports.some((p) => p.nodePort === port));
  if (service !== undefined) requireOfClass(service, config);
  const place = { kind: 'machine', address: machine.address, machine } as const;
  return service === undefined ? place : { ...place, service };
}

function refuseOwnPort(port: number, { name }: Machine, config: LoadedRoom): void {
  if (port !== SSH_PORT && !ownPorts(config).includes(port)) return;
  throw new KmonError(
    'precondition',
    `port ${port} of ${name} is the room's own: a load there would hit the class and no application`,
    { hint: 'load an application: its Service (http://NAME.NAMESPACE), or its port of the machines' },
  );
}

function servicePlace(asked: LoadAddress, service: RoutedService, config: LoadedRoom): LoadPlace {
  requireOfClass(service, config);
  const { address } = service;
  const name = serviceName(service);
  if (service.standsFor !== undefined)
    throw outside(
      asked,
      `the Service ${name} only stands for ${service.standsFor === '' ? 'another name' : service.standsFor}`,
      'load a Service that leads to pods',
    );
  if (address === undefined)
    throw new KmonError('precondition', `the Service ${name} has no address of its own`, {
      hint: 'load one of its pods by address, or a Service with a ClusterIP',
    });
  if (!service.ports.some((p) => p.port === asked.port)) throw noSuchPort(asked, service);
  return { kind: 'service', address, service };
}

function noSuchPort({ scheme, host, port, path }: LoadAddress, service: RoutedService): KmonError {
  const [first] = service.ports;
  const known = service.ports.map((p) => (p.name === undefined ? String(p.port) : `${p.port} (${p.name})`));
  return new KmonError('precondition', `the Service ${serviceName(service)} has no port ${port}`, {
    evidence: known.length === 0 ? 'it has no TCP port at all' : `it has ${known.join(', ')}`,
    ...(first === undefined
      ? {}
      : {
          hint: `write the port into the URL, such as ${scheme}://${host}${portInUrl({ scheme, port: first.port })}${path}`,
        }),
  });
}

/**
 * The API server, what keeps the cluster together and the monitoring are no application: Prometheus would be what holds the limits of other loads.
 */
function requireOfClass(service: RoutedService, config: LoadedRoom): void {
  const name = serviceName(service);
  const whose = name === API_SERVICE ? "Kubernetes' own" : ownNamespace(service.namespace, config);
  if (whose === undefined) return;
  throw new KmonError(
    'precondition',
    `the Service ${name} is ${whose}: a load there would hit the class and no application`,
    { hint: 'load an application of the class' },
  );
}

/** Whose the namespace is, if it is not the class's. */
export function ownNamespace(namespace: string, { monitoring }: LoadedRoom): string | undefined {
  if (namespace.startsWith('kube-')) return "Kubernetes' own";
  return namespace === monitoring.namespace ? "the monitoring's" : undefined;
}

export function serviceName({ namespace, name }: Pick<RoutedService, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function serviceNamed(host: string, services: readonly RoutedService[]): RoutedService | undefined {
  const [, name, namespace] = /^([^.]+)\.([^.]+)(?:\.svc(?:\.cluster\.local)?)?$/.exec(host) ?? [];
  return services.find((s) => s.name === name && s.namespace === namespace);
}

/**
 * Where a name leads that is neither a machine's nor a Service's, by what the machine that asks knows of it: each of its addresses has to be in
 * the room, since any of them could be taken.
 *
 * @throws KmonError `precondition` when one is not
 */
export function placeOfName(
  asked: LoadAddress,
  addresses: readonly string[],
  config: LoadedRoom,
  services: readonly RoutedService[],
): LoadPlace {
  const [first, ...more] = addresses.map((host) => placeOf({ ...asked, host }, config, services));
  if (first === undefined) throw unknownName(asked, config, services);
  for (const place of more)
    if (place.kind !== first.kind)
      throw outside(
        asked,
        `${asked.host} has several addresses of several kinds: ${addresses.join(', ')}`,
        'name one of them',
      );
  return first;
}

/** Nobody in the room has that name. */
function unknownName(
  { host }: LoadAddress,
  config: LoadedRoom,
  services: readonly RoutedService[],
): KmonError {
  const ours = services.filter(
    (s) => ownNamespace(s.namespace, config) === undefined && serviceName(s) !== API_SERVICE,
  );
  const names = [
    ...allMachines(config.room).map((m) => m.name),
    ...ours.map((s) => `${s.name}.${s.namespace}`),
  ];
  const near =
    nearestKey(host, names) ??
    // Of a Service many write the name alone.
    names.find((name) => name.split('.')[0] === host.split('.')[0]);
  return new KmonError(
    'precondition',
    `${host} is no machine of the room and no Service of the cluster${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    {
      ...(names.length === 0 ? {} : { evidence: `there is ${shortened(names)}` }),
      hint: HINT,
    },
  );
}

function shortened(names: readonly string[]): string {
  const some = names.slice(0, 12);
  return names.length > some.length
    ? `${some.join(', ')} and ${names.length - some.length} more`
    : some.join(', ');
}

/** What a load may never be sent to. */
export function outside({ host }: LoadAddress, because: string, hint: string): KmonError {
  return new KmonError('precondition', `${because}: a load stays inside the room`, {
    hint: `${hint}; nothing was sent to ${host}`,
  });
}

/**
 * A Service may lead anywhere: by endpoints that somebody has written.
 *
 * @param behind What is behind it.
 * @param pods The addresses of the pods of its namespace.
 * @throws KmonError `precondition` when there is none, or one that is neither a pod nor a machine of the room, or a port of the room itself
 */
export function requireInside(
  asked: LoadAddress,
  service: RoutedService,
  {
    behind,
    pods,
    config,
  }: {
    readonly behind: readonly Endpoint[];
    readonly pods: readonly string[];
    readonly config: LoadedRoom;
  },
): void {
  const name = serviceName(service);
  const machines = new Map(allMachines(config.room).map((m) => [m.address, m]));
  const strangers = behind.filter(({ address }) => !pods.includes(address) && !machines.has(address));
  if (strangers.length > 0)
    throw outside(
      asked,
      `the Service ${name} leads to ${strangers.map((s) => s.address).join(', ')}, which is neither a pod nor a machine of the room`,
      'load a Service that leads to pods',
    );
  for (const { address, ports } of behind) {
    const machine = machines.get(address);
    if (machine !== undefined) for (const port of ports) refuseOwnPort(port, machine, config);
  }
  if (behind.length === 0)
    throw new KmonError('precondition', `no pod is behind the Service ${name}`, {
      hint: `look at its pods (kubectl -n ${service.namespace} get pods), and at its selector`,
    });
}

/** The URL that is asked: with the address, and the name that it is asked by, where it was written by name. */
export function askedUrl(
  asked: LoadAddress,
  address: string,
): { readonly url: string; readonly host?: string } {
  const port = portInUrl(asked);
  const url = `${asked.scheme}://${address}${port}${asked.path}`;
  return address === asked.host ? { url } : { url, host: `${asked.host}${port}` };
}
