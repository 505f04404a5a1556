import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type KernelModuleParams = {
  readonly name: string;
  /** Paths of which any shows that the kernel has the feature, built in or not. `/sys/module/<name>` is looked at in any case. */
  readonly evidence?: readonly string[];
};

/** `parts`: the modules, out of this one and those it needs, that are loaded now (not built in); `users` is this one's own count. */
export type KernelModuleState = {
  readonly present: boolean;
  readonly parts: readonly string[];
  readonly users: number;
};

/**
 * A feature of the kernel. What counts is that the kernel has it, not what `modprobe` says: it fails where the feature is built in.
 * It is unloaded only when kmon loaded it and nothing uses it; what is still in use stays until the next boot, since nothing loads it then.
 */
export function kernelModule(params: KernelModuleParams): Resource<KernelModuleState> {
  const name = params.name.replaceAll('-', '_');
  const evidence = [...new Set([`/sys/module/${name}`, ...(params.evidence ?? [])])];
  return {
    id: `kernel module ${name}`,
    kind: 'kernel-module',
    params,
    read: reads`for e in ${evidence}; do if [ -e "$e" ]; then echo present; break; fi; done
if grep -qsw ${name} /proc/filesystems; then echo filesystem; fi
if [ -r /proc/modules ]; then
  needs=" $( (modprobe --show-depends ${name} 2>/dev/null || :) | sed -n 's|^insmod .*/\([^/ ]*\)\.ko.*$|\1|p' | tr '\n-' ' _')${name} "
  while read -r m size users rest; do
    case $needs in *" $m "*) printf 'part %s %s\n' "$m" "$users" ;; esac
  done </proc/modules
fi`,
    parse: (result) => {
      const fields = new Fields(result, ['present', 'filesystem', 'part']);
      const parts = fields.all('part').map((p) => p.split(' '));
      return {
        present: fields.has('present') || fields.has('filesystem') || parts.some(([m]) => m === name),
        parts: parts.map(([m = '']) => m).toSorted(),
        users: Number(parts.find(([m]) => m === name)?.[1] ?? 0),
      };
    },
    satisfied: (now) => now.present,
    change: () => changes`modprobe ${name}`,
    describe: () => `load the kernel module ${name}`,
    restore: (found, now) => {
      const loaded = now.parts.filter((m) => !found.parts.includes(m));
      if (found.present || loaded.length === 0) return 'nothing';
      if (now.users > 0) return { leave: 'still in use; it goes at the next boot' };
      const needs = loaded.filter((m) => m !== name);
      // `rmmod`, one by one: `modprobe -r` would also take unused modules that were loaded before.
      return changes`if grep -q ${`^${name} `} /proc/modules; then rmmod ${name}; fi
for i in 1 2 3; do for m in ${needs}; do rmmod "$m" 2>/dev/null || :; done; done`;
    },
  };
}
