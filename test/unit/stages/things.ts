import { createHash } from 'node:crypto';
import { readAll } from '../../../src/resources/batch.js';
import type { Resource, Reversible } from '../../../src/resources/resource.js';
import type { Command } from '../../../src/shell/command.js';
import { asks } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';

/** `bare`: as on a fresh machine. `done`: as kmon wants it. */
export type When = 'bare' | 'done';

/** What a stage, or the engine for it, may look at: by the script of the look. */
const known = new Map<string, Reversible>();

export function learn<T extends Reversible>(things: readonly T[]): readonly T[] {
  for (const thing of things) known.set(thing.read.script, thing);
  return things;
}

/** A look at many things at once that is expected, on a machine where all of them are like this. */
export function looks(when: When): Step {
  return asks(/^echo '[0-9a-f]{24} 0'\n/, (command) =>
    answer(command, (script) => stateText(thingOf(script), when)),
  );
}

/** The same on a machine where all is as kmon wants it but for the thing of this id, which is as on a fresh machine. */
export function looksOtherwise(id: string): Step {
  return asks(/^echo '[0-9a-f]{24} 0'\n/, (command) =>
    answer(command, (script) => {
      const thing = thingOf(script);
      return stateText(thing, thing.id === id ? 'bare' : 'done');
    }),
  );
}

/** The same with what each of them prints, in their order. */
export function looksAt(...texts: readonly string[]): Step {
  return asks(/^echo '[0-9a-f]{24} 0'\n/, (command) =>
    answer(command, (_, i) => texts[i] ?? 'too many looks'),
  );
}

/** The things that a command looks at, by their ids; `undefined` when it is another kind of look. */
export function lookedAt(command: Command): readonly string[] | undefined {
  const one = known.get(command.script);
  if (one !== undefined) return [one.id];
  const nonce = /^echo '([0-9a-f]{24}) 0'\n/.exec(command.script)?.[1];
  if (nonce === undefined) return undefined;
  const things = fragments(command, nonce).map(thingOf);
  if (readAll(things, nonce).script !== command.script)
    throw new TypeError('this is more than a look at known things');
  return things.map((t) => t.id);
}

function thingOf(script: string): Reversible {
  const thing = known.get(script);
  if (thing === undefined) throw new TypeError(`nobody told of this: ${script}`);
  return thing;
}

function answer(command: Command, textOf: (script: string, i: number) => string): string {
  const nonce = /^echo '(\w+) 0'/.exec(command.script)?.[1] ?? '';
  return fragments(command, nonce)
    .map((s, i) => `${nonce} ${i}\n${textOf(s, i)}\n${nonce} end 0\n`)
    .join('');
}

function fragments({ script }: Command, nonce: string): readonly string[] {
  const between = new RegExp(`^echo '${nonce} \\d+'\\n\\(\\n([^]*?)\\n\\) </dev/null\\n`, 'gm');
  return [...script.matchAll(between)].map((m) => m[1] ?? '');
}

/** What the parameters of any kind may hold. */
interface Params {
  readonly path?: string;
  readonly name?: string;
  readonly system?: string;
  readonly room?: string;
  readonly pods?: string;
  readonly ports?: readonly string[];
  readonly made?: string;
  readonly value?: string;
  readonly destination?: string;
  readonly via?: string;
  readonly device?: string;
  readonly onlink?: true;
  readonly vni?: number;
  readonly port?: number;
  readonly mtu?: number;
  readonly mac?: string;
  readonly address?: string;
  readonly machine?: string;
  readonly node?: string;
  readonly names?: readonly string[];
  readonly entries?: readonly { readonly address: string; readonly names: readonly string[] }[];
}

type Kind = Readonly<Record<When, string | ((params: Params, thing: Reversible) => string)>>;

const FILE = 'mode 0644\nowner root:root\nids 0:0\nmtime 1.000000000\n';
const EMPTY = sha256('');

/** What a thing of each kind prints, as its read does. */
const KINDS: Readonly<Record<string, Kind>> = {
  'apt-source': {
    bare: 'list type absent\nkey type absent\n',
    done: ({ name }, thing) => {
      const line = isResource(thing) ? thing.describe(null).replace('add the source of packages ', '') : '';
      const content = `# Written by kmon; \`kmon teardown\` removes it.\ndeb [signed-by=/etc/apt/keyrings/kmon-${name ?? ''}.asc] ${line}\n`;
      const file = (part: string, sum: string): string =>
        `type file\n${FILE}sha256 ${sum}`.replace(/^/gm, `${part} `);
      return `${file('list', sha256(content))}\n${file('key', EMPTY)}\n`;
    },
  },
  clock: { bare: 'clock 1700000000\nuptime 100.00\n', done: 'clock 1700000060\nuptime 100.00\n' },
  directory: { bare: 'type absent\n', done: 'type directory\nmode 0755\nowner root:root\nids 0:0\n' },
  file: {
    bare: 'type absent\n',
    // Of all files, kubeadm's configuration alone is for root's eyes.
    done: ({ made, path }) =>
      `type file\n${path?.includes('kubeadm-init') === true ? FILE.replace('0644', '0600') : FILE}sha256 ${made ?? ''}\n`,
  },
  'firewall-opening': {
    bare: ({ system }) => (system === 'iptables-nft' ? 'policy INPUT DROP\npolicy FORWARD ACCEPT\n' : ''),
    done: ({ system, room, pods, ports }) =>
      system === 'iptables-nft'
        ? `policy INPUT DROP\npolicy FORWARD ACCEPT\n${[room, pods]
            .flatMap((from) =>
              (ports ?? [])
                .map((p) => p.split(' '))
                .map(
                  ([p = '', n = '']) =>
                    `rule INPUT -s ${from ?? ''} -p ${p} -m ${p} --dport ${n} -m comment --comment kmon -j ACCEPT\n`,
                ),
            )
            .join('')}`
        : '',
  },
  footprint: { bare: '', done: '' },
  'guest-door': {
    bare: '',
    done: ({ device, node, port }) =>
      `rule iifname "${device ?? ''}" ip daddr != ${node ?? ''} fib daddr type local tcp dport ${port ?? ''} dnat to ${node ?? ''}:${port ?? ''}\n`,
  },
  'hosts-entry': {
    bare: `sha256 ${EMPTY}\nbare ${EMPTY}\n`,
    done: ({ entries }) => {
      const block = (entries ?? []).map((e) => `${[e.address, ...e.names].join(' ')}\n`).join('');
      return `sha256 ${EMPTY}\nbare ${EMPTY}\nblock ${Buffer.from(block).toString('base64')}\n`;
    },
  },
  'kernel-module': { bare: '', done: 'present\n' },
  'kmon-files': { bare: 'type absent\n', done: 'type directory\nmode 0755\nowner root:root\nids 0:0\n' },
  'kubeadm-node': { bare: '', done: 'trace /etc/kubernetes/kubelet.conf\n' },
  'loopback-address': {
    bare: 'address 127.0.0.1/8\n',
    done: ({ address }) => `address 127.0.0.1/8\naddress ${address ?? ''}/32\n`,
  },
  packages: {
    bare: 'arch amd64\n',
    done: ({ names }) => `arch amd64\n${(names ?? []).map((n) => `pkg ii |${n}|amd64|1.0\n`).join('')}`,
  },
  route: {
    bare: '',
    done: ({ destination, via, device, onlink }) =>
      via === undefined
        ? `route unreachable ${destination ?? ''} proto static\n`
        : `route ${destination ?? ''} via ${via} dev ${device ?? ''} proto static${onlink === undefined ? '' : ' onlink'}\n`,
  },
  'sleep-inhibitor': {
    bare: 'kmon-awake.service inactive\nsystemd-logind.service active\n',
    done: 'kmon-awake.service active\nsystemd-logind.service active\n',
  },
  sysctl: { bare: 'value 0\n', done: ({ value }) => `value ${value ?? ''}\n` },
  targets: { bare: '', done: 'active network-online.target\n' },
  unit: {
    bare: 'LoadState not-found\nUnitFileState \nActiveState inactive\n',
    done: 'LoadState loaded\nUnitFileState enabled\nActiveState active\n',
  },
  vxlan: {
    bare: '',
    done: ({ device, vni, port, mac, address, mtu }) =>
      `link 9: ${device ?? ''}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${mtu ?? ''} qdisc noqueue     link/ether ${mac ?? ''} brd ff:ff:ff:ff:ff:ff promiscuity 0     vxlan id ${vni ?? ''} srcport 0 0 dstport ${port ?? ''} nolearning ttl auto \naddress ${address ?? ''}/32\n`,
  },
  'vxlan-peer': {
    bare: '',
    done: ({ address, mac, machine }) =>
      `neighbour ${address ?? ''} lladdr ${mac ?? ''} PERMANENT \nforward ${mac ?? ''} dst ${machine ?? ''} self permanent\n`,
  },
};

function stateText(thing: Reversible, when: When): string {
  const kind = KINDS[thing.kind];
  if (kind === undefined) throw new TypeError(`no text of ${thing.kind}`);
  const text = kind[when];
  return typeof text === 'string' ? text : text(thing.params as Params, thing);
}

function isResource(thing: Reversible): thing is Resource {
  return 'describe' in thing;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
