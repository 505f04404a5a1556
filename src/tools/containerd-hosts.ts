import { IMAGES_AT } from '../relay/asked.js';
import { tries } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { CONTAINERD } from './containerd.js';

/**
 * Lets containerd ask the relay on that port of the machine first, for what has a digest; what a tag stands for it asks the registry. It reads
 * these files at each pull. They lie where nothing outlives a restart, and lead nowhere once the relay is gone: containerd then asks the
 * registry, at once.
 *
 * @param registries Their https addresses, by the name that stands in an image's reference.
 */
export function leadToRelay(port: number, registries: Readonly<Record<string, string>>): Command<'tries'> {
  const files = Object.entries(registries).map(([name, url]) => {
    const folder = `${CONTAINERD.hosts}/${name}`;
    return tries`mkdir -p -- ${folder}
printf '%s\n' ${hostsFile(port, name, url)} >${`${folder}/hosts.toml.new`}
mv -- ${`${folder}/hosts.toml.new`} ${`${folder}/hosts.toml`}`;
  });
  return { effect: 'tries', script: ['set -e', ...files.map((f) => f.script)].join('\n') };
}

export const leadToRegistries: Command<'tries'> = tries`rm -rf -- ${CONTAINERD.hosts}`;

function hostsFile(port: number, name: string, url: string): string {
  return `server = "${url}"
[host."http://127.0.0.1:${port}${IMAGES_AT}${name}/v2"]
  capabilities = ["pull"]
  override_path = true`;
}
