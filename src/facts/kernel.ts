import type { FactLines } from './lines.js';
import type { Facts, KernelFeature } from './facts.js';

/** What the kernel has in it or loaded, and what lies on the disk as a module of this very kernel. */
export function parseKernel(lines: FactLines): Facts['kernelFeatures'] {
  const loaded = new Set([
    ...lines.all('kernel'),
    ...lines.file('/proc/filesystems').map((line) => line.trim().split(/\s+/).at(-1) ?? ''),
    ...modules(lines, 'modules.builtin'),
  ]);
  const loadable = new Set(modules(lines, 'modules.dep'));
  const state = (name: KernelFeature): 'present' | 'loadable' | 'missing' =>
    loaded.has(name) ? 'present' : loadable.has(name) ? 'loadable' : 'missing';
  return {
    overlay: state('overlay'),
    br_netfilter: state('br_netfilter'),
    vxlan: state('vxlan'),
    nf_conntrack: state('nf_conntrack'),
  };
}

/** `kernel/fs/overlayfs/overlay.ko.zst: …`; what stands behind the colon is what the module needs. */
function modules(lines: FactLines, list: string): readonly string[] {
  return lines
    .files(new RegExp(`^/lib/modules/[^/]+/${list.replace('.', '\\.')}$`))
    .flatMap(([, text]) => text.flatMap((line) => /^[^:]*?([^/:]+)\.ko\b/.exec(line)?.[1] ?? []));
}
