import { mirrorUrl, registryUrl } from '../artifacts/origins.js';
import type { RegistryMirror } from '../artifacts/supply.js';
import { IMAGES_AT } from '../relay/asked.js';
import { tries } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { CONTAINERD } from './containerd.js';

/** The file by which containerd asks a mirror before the registry itself; it is read anew at every pull. */
export function mirrorFile(mirror: RegistryMirror): { readonly path: string; readonly content: string } {
  return {
    path: `${CONTAINERD.mirrors}/${mirror.registry}/hosts.toml`,
    content: `${['# Written by kmon; `kmon teardown` removes it.', ...serverOf(mirror), ...hostOf(mirror)].join('\n')}\n`,
  };
}

/**
 * The file by which containerd speaks to a registry of the room without encryption, for pulls and pushes alike. It asks HTTPS of all that nobody
 * has told it about, and knows a registry by the very name that images of it begin with.
 *
 * @param name such as "kmon-parent:30500"
 * @param at `host:port`, where it is
 */
export function plainRegistryFile(
  name: string,
  at: string,
): { readonly path: string; readonly content: string } {
  return {
    path: `${CONTAINERD.mirrors}/${name}/hosts.toml`,
    content: `# Written by kmon; \`kmon teardown\` removes it.\nserver = "http://${at}"\n`,
  };
}

/**
 * The file by which containerd gets from a registry of the room what it keeps of another one, and from that one itself where nobody answers. What a
 * tag stands for is asked of that one alone, over TLS, and what is kept is proven by its digest: a room's network needs no trust.
 *
 * @param at `host:port`
 */
export function keptByFile(
  registry: RegistryMirror['registry'],
  at: string,
): { readonly path: string; readonly content: string } {
  const lines = [
    ...serverOf({ registry }),
    `[host."http://${at}"]`,
    '  capabilities = ["pull"]',
    // Where a firewall came between, it would wait 30 s for each part of an image. One older than 2.1 passes over it.
    '  dial_timeout = "3s"',
  ];
  return {
    path: `${CONTAINERD.mirrors}/${registry}/hosts.toml`,
    content: `${['# Written by kmon; `kmon teardown` removes it.', ...lines].join('\n')}\n`,
  };
}

/** Where what leads to the relay lies: below a folder in which nothing outlives a restart. */
const LEAD = `${CONTAINERD.state}/relay`;
const LEAD_HOSTS = `${LEAD}/certs.d`;

/** The transient unit that ends the lead, whoever is there or not. */
const LEAD_UNIT = 'kmon-relay.service';

export interface Lead {
  /** Of the machine's loopback. */
  readonly port: number;
  /** Those that are asked by the relay. */
  readonly registries: readonly RegistryMirror['registry'][];
  /** Every mirror there is: what the relay does not have, they are asked for, and what it is not asked for. */
  readonly mirrors: readonly RegistryMirror[];
}

/**
 * Lets containerd ask the relay first, for what has a digest; what a tag stands for it asks the mirror or the registry, as it does for all that
 * the relay does not give it: at once where nobody listens on the port. The lead has an end of its own on the machine: within half a minute after the relay
 * has gone (kmon was killed, its computer has left the network), or when kmon's containerd stops.
 */
export function leadToRelay(lead: Lead): Command<'tries'> {
  const names = [...new Set([...lead.registries, ...lead.mirrors.map((m) => m.registry)])];
  const files = names.map((name) => {
    const folder = `${LEAD_HOSTS}/${name}`;
    return tries`mkdir -p -- ${folder}; printf '%s\n' ${hostsFile(name, lead)} >${`${folder}/hosts.toml`}`;
  });
  // Registries of the room, which the relay has no part in, are asked as ever.
  const others = tries`for d in ${CONTAINERD.mirrors}/*/; do
  n=$(basename -- "$d")
  if [ -d "$d" ] && [ ! -e ${LEAD_HOSTS}/"$n" ]; then ln -s -- "$d" ${LEAD_HOSTS}/"$n"; fi
done`;
  const start = tries`printf '%s\n' ${watch(lead.port)} >${`${LEAD}/watch`}
printf '%s\n' ${END} >${`${LEAD}/end`}
systemd-run --quiet --collect --unit=${LEAD_UNIT} --description='Images come once for the room of kmon' \
  --property=BindsTo=${CONTAINERD.unit} --property=After=${CONTAINERD.unit} --property=${`ExecStopPost=/bin/sh ${LEAD}/end`} \
  /bin/sh ${`${LEAD}/watch`}
${linkTo(LEAD_HOSTS)}`;
  return {
    effect: 'tries',
    script: [
      'set -e',
      leadToRegistries.script,
      tries`umask 022; mkdir -p -- ${LEAD}`.script,
      ...files.map((f) => f.script),
      others.script,
      start.script,
    ].join('\n'),
  };
}

/** Ends the lead. Nothing is left of it, and nothing happens where there is none. */
export const leadToRegistries: Command<'tries'> = tries`systemctl stop ${LEAD_UNIT} 2>/dev/null || :
if [ -e ${`${LEAD}/end`} ]; then sh ${`${LEAD}/end`}; fi`;

/** containerd reads the folder at any time: at none is there no link. */
function linkTo(folder: string): Command<'tries'> {
  return tries`ln -sfn ${folder} ${`${CONTAINERD.hosts}.new`}; mv -fT ${`${CONTAINERD.hosts}.new`} ${CONTAINERD.hosts}`;
}

const END =
  tries`if [ "$(readlink ${CONTAINERD.hosts})" = ${LEAD_HOSTS} ]; then ${linkTo(CONTAINERD.mirrors)}; fi
rm -rf -- ${LEAD}`.script;

/**
 * Asks the relay for a word, and goes on for as long as one comes. That somebody listens would not do: the machine's SSH server does so for hours
 * when the computer at the other end has left without a word.
 */
function watch(port: number): string {
  return tries`silent=0
while [ "$silent" -lt 3 ]; do
  sleep 5
  if timeout 5 bash -c ${`exec 3<>/dev/tcp/127.0.0.1/${port} && printf 'GET /alive HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ <&3`} 2>/dev/null
  then silent=0; else silent=$((silent + 1)); fi
done`.script;
}

function hostsFile(registry: RegistryMirror['registry'], { port, registries, mirrors }: Lead): string {
  const relay = registries.includes(registry)
    ? [
        `[host."http://127.0.0.1:${port}${IMAGES_AT}${registry}/v2"]`,
        '  capabilities = ["pull"]',
        '  override_path = true',
      ]
    : [];
  const own = mirrors.filter((m) => m.registry === registry);
  // In the order in which they are asked.
  return [...serverOf({ registry }), ...relay, ...own.flatMap(hostOf)].join('\n');
}

function serverOf({ registry }: Pick<RegistryMirror, 'registry'>): readonly string[] {
  return [`server = "${registryUrl(registry)}"`];
}

function hostOf({ url }: RegistryMirror): readonly string[] {
  const isPlain = new URL(url).pathname === '/';
  return [
    `[host."${isPlain ? new URL(url).origin : mirrorUrl(url)}"]`,
    '  capabilities = ["pull", "resolve"]',
    ...(isPlain ? [] : ['  override_path = true']),
  ];
}
