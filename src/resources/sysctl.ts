import { changes, inOrder, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type SysctlParams = {
  /** As `sysctl` writes it: dots between the parts, a slash for a dot inside an interface name. */
  readonly key: string;
  readonly value: string;
  /** Kernel module that makes the key appear. */
  readonly module?: string;
  /** A kernel without the key is fine. */
  readonly optional?: boolean;
};

/** `others`: settings that the kernel changes by itself along with this one, by path. Blanks in values are single spaces. */
export type SysctlState = {
  readonly value: string | null;
  readonly others: Readonly<Record<string, string>>;
};

/**
 * The running value of a kernel setting, not what a file says for the next boot (that is a `file`). A value that is neither kmon's nor as
 * found was set by somebody else, and stays.
 */
export function sysctl(params: SysctlParams): Resource<SysctlState> {
  const { key, optional = false, module } = params;
  const path = pathOf(key);
  const value = oneLine(params.value);
  const load = module === undefined ? changes`:` : changes`[ -e ${path} ] || modprobe -q ${module} || :`;
  return {
    id: `sysctl ${key}`,
    kind: 'sysctl',
    params,
    read: reads`p=${path}
if [ -e "$p" ] && v=$(cat "$p" 2>/dev/null); then printf 'value %s\n' "$(printf %s "$v" | tr '\t\n' '  ')"; else echo absent; fi
${readOthers(key)}`,
    parse: (result) => {
      const fields = new Fields(result, ['value', 'absent', 'other']);
      return {
        value: fields.has('absent') ? null : oneLine(fields.one('value')),
        others: Object.fromEntries(fields.all('other').map(atSpace)),
      };
    },
    satisfied: (now) => (now.value === null ? optional : now.value === value),
    change: () => changes`${load}
${write(path, value)}`,
    describe: (now) => `set ${key} = ${value} (now ${now.value ?? 'absent'})`,
    restore: (found, now) => {
      // A key that came or went with its module has no value of the owner's that could be set.
      if (found.value === null || now.value === null) return 'nothing';
      if (now.value !== found.value && now.value !== value)
        return { leave: `set to ${now.value} since by somebody else` };
      const differing = Object.entries(found.others).filter(
        ([p, v]) => p in now.others && now.others[p] !== v,
      );
      if (now.value === found.value && differing.length === 0) return 'nothing';
      const own = now.value === found.value ? [] : [write(path, found.value)];
      // After the key itself: setting it would overwrite them once more. Those that went with an interface stay away.
      const rest = Object.entries(found.others)
        .filter(([p]) => p in now.others)
        .map(([p, v]) => changes`if [ -e ${p} ]; then printf '%s\n' ${v} >${p}; fi`);
      return inOrder([...own, ...rest]);
    },
  };
}

/**
 * Switching forwarding for all interfaces makes the kernel set the switch of each of them, and turn round whether ICMP redirects are
 * accepted (`inet_forward_change` in net/ipv4/devinet.c).
 */
function readOthers(key: string): Command<'reads'> {
  const print = reads`do if [ -e "$o" ]; then printf 'other %s %s\n' "$o" "$(cat "$o")"; fi; done`;
  if (key === 'net.ipv4.ip_forward')
    return reads`for o in /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/all/accept_redirects; ${print}`;
  if (key === 'net.ipv6.conf.all.forwarding')
    return reads`for o in /proc/sys/net/ipv6/conf/*/forwarding; ${print}`;
  return reads`:`;
}

function write(path: string, value: string): Command<'changes'> {
  return changes`printf '%s\n' ${value} >${path} || { printf 'the kernel does not take %s for %s\n' ${value} ${path} >&2; exit 1; }`;
}

function pathOf(key: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_./:@-]*$/.test(key) || key.includes('..'))
    throw new TypeError(`not a kernel setting: ${key}`);
  return `/proc/sys/${key.replaceAll(/[./]/g, (c) => (c === '.' ? '/' : '.'))}`;
}

function oneLine(value: string): string {
  return value.trim().split(/\s+/).join(' ');
}

function atSpace(text: string): readonly [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}
