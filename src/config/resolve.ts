import { join } from 'node:path';
import type { ReadConfig } from './config.js';
import { expandPath, type PathBase } from './paths.js';
import { addonsOf } from './sections/addons.js';
import { kubernetesOf } from './sections/kubernetes.js';
import { loginOf } from './sections/login.js';
import { named, roomOf } from './sections/machines.js';
import { mirrorsOf } from './sections/mirrors.js';
import { monitoringOf } from './sections/monitoring.js';
import { knownHostsFilesOf } from './sections/ssh.js';
import { teamsOf } from './sections/teams.js';
import type { Written } from './written-schema.js';

/** kmon.yaml with every default applied and every path absolute. Pure: what the files hold is checked elsewhere. */
export function resolveConfig(written: Written, file: string, base: PathBase): ReadConfig {
  const { ssh = {}, bundle, relay } = written;
  const stateDir = join(base.folder, '.kmon');
  const machines = named(written.parent, written.children);
  return {
    file,
    stateDir,
    room: roomOf(written.room, machines),
    logins: Object.fromEntries(machines.map((m) => [m.name, loginOf(m.written, ssh, base)])),
    knownHostsFiles: knownHostsFilesOf(ssh, join(stateDir, 'known_hosts'), base),
    ...(ssh.hostKeys === undefined ? {} : { hostKeys: ssh.hostKeys }),
    kubernetes: kubernetesOf(written.kubernetes),
    monitoring: monitoringOf(written.monitoring, base),
    addons: addonsOf(written.addons),
    teams: teamsOf(written.teams),
    ...(written.mirrors === undefined ? {} : { mirrors: mirrorsOf(written.mirrors) }),
    ...(bundle === undefined ? {} : { bundle: expandPath(bundle, base) }),
    ...(relay === undefined ? {} : { relay }),
  };
}
