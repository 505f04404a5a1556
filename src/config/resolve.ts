import { join } from 'node:path';
import type { Machine, Observed, Role } from '../room/machine.js';
import type { Config, SshLogin } from './config.js';
import { DEFAULTS, defaultName } from './defaults.js';
import { expandPath, type PathBase } from './paths.js';
import type { Written, WrittenChild, WrittenMachine } from './written.js';

/** kmon.yaml with every default applied and every path absolute. Pure: what the files hold is checked elsewhere. */
export function resolveConfig(written: Written, file: string, base: PathBase): Config {
  const stateDir = join(base.folder, '.kmon');
  const parent = toMachine(written.parent, 'parent', defaultName(['parent']));
  // A name by the place in the list is that of the whole list: it stays when a neighbour becomes an observed one.
  const children = (written.children ?? []).map((child, i) => ({
    written: child,
    name: child.name ?? defaultName(['children', i]),
  }));
  const nodes = children.filter((c) => c.written.kind !== 'observed');
  const observed = children.filter((c) => c.written.kind === 'observed');
  const { kubernetes, monitoring } = written;
  return {
    file,
    stateDir,
    room: {
      name: written.room,
      parent,
      children: nodes.map((c) => toMachine(c.written, 'child', c.name)),
      observed: observed.map((c) => toObserved(c.written, c.name)),
    },
    logins: Object.fromEntries(
      [{ name: parent.name, written: written.parent }, ...children].map((m) => [
        m.name,
        toLogin(m.written, written.ssh ?? {}, base),
      ]),
    ),
    knownHostsFiles: [
      join(stateDir, 'known_hosts'),
      ...(written.ssh?.knownHosts ?? ['~/.ssh/known_hosts']).map((path) => expandPath(path, base)),
    ].filter((path, i, all) => all.indexOf(path) === i),
    ...(written.ssh?.hostKeys === undefined ? {} : { hostKeys: written.ssh.hostKeys }),
    kubernetes: {
      version: kubernetes?.version ?? DEFAULTS.kubernetes.version,
      network: kubernetes?.network ?? DEFAULTS.kubernetes.network,
      podSubnet: kubernetes?.podSubnet ?? DEFAULTS.kubernetes.podSubnet,
      serviceSubnet: kubernetes?.serviceSubnet ?? DEFAULTS.kubernetes.serviceSubnet,
      ignorePreflight: kubernetes?.ignorePreflight ?? DEFAULTS.kubernetes.ignorePreflight,
    },
    monitoring: {
      profile: monitoring?.profile ?? DEFAULTS.monitoring.profile,
      namespace: monitoring?.namespace ?? DEFAULTS.monitoring.namespace,
      scrapeIntervalSeconds: monitoring?.scrapeInterval ?? DEFAULTS.monitoring.scrapeIntervalSeconds,
      retention: monitoring?.retention ?? DEFAULTS.monitoring.retention,
      prometheusNodePort: monitoring?.prometheus?.nodePort ?? DEFAULTS.monitoring.prometheusNodePort,
      prometheusMemory: monitoring?.prometheus?.memory ?? DEFAULTS.monitoring.prometheusMemory,
      grafana: monitoring?.grafana?.enabled ?? DEFAULTS.monitoring.grafana,
      grafanaNodePort: monitoring?.grafana?.nodePort ?? DEFAULTS.monitoring.grafanaNodePort,
    },
    ...(written.bundle === undefined ? {} : { bundle: expandPath(written.bundle, base) }),
  };
}

function toMachine(written: WrittenMachine, role: Role, name: string): Machine {
  return {
    name: written.name ?? name,
    address: written.address,
    role,
    ...(written.team === undefined ? {} : { team: written.team }),
  };
}

function toObserved(written: WrittenChild, name: string): Observed {
  return {
    name,
    address: written.address,
    exporterPort: written.exporter ?? DEFAULTS.children.exporterPort,
    ...(written.team === undefined ? {} : { team: written.team }),
  };
}

/** A machine's own login, completed by the room's. What neither says is left to ~/.ssh/config. */
function toLogin(machine: WrittenMachine, room: NonNullable<Written['ssh']>, base: PathBase): SshLogin {
  const user = machine.user ?? room.user;
  const port = machine.port ?? room.port;
  const key = machine.key ?? room.key;
  const sudoPasswordFile = machine.sudoPasswordFile ?? room.sudoPasswordFile;
  const passwordFile = machine.passwordFile ?? room.passwordFile;
  return {
    host: machine.host ?? machine.address,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(key === undefined ? {} : { keyFile: expandPath(key, base) }),
    ...(sudoPasswordFile === undefined ? {} : { sudoPasswordFile: expandPath(sudoPasswordFile, base) }),
    ...(passwordFile === undefined ? {} : { passwordFile: expandPath(passwordFile, base) }),
  };
}
