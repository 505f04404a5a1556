import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';

/** Of nobody (RFC 5737): it is asked which way leads out, and nothing is sent there. */
const ANYWHERE = '192.0.2.1';

/** Of all daemons, wherever they run. */
const ARGS = ['--ip-masq', '--kube-subnet-mgr'] as const;

/** A daemon for some of the nodes, and how it finds its way to the others there. */
interface Daemon {
  readonly name: string;
  readonly args: readonly string[];
  readonly nodes: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** The manifest of flannel (namespace `kube-system`): VXLAN, UDP port 8472 between all machines. */
export async function flannelManifest(o: {
  readonly podSubnet: string;
  /** Folder on the machines from which containerd reads its CNI configuration. */
  readonly cniConf: string;
  /** Folder on the machines in which it looks for the plugins: flannel's is put there. */
  readonly cniBin: string;
  readonly image: string;
  /** Of the CNI plugin, which is copied onto the machines. */
  readonly pluginImage: string;
  /** Names of the nodes that are guests of laptops. */
  readonly guests: readonly string[];
}): Promise<string> {
  const { podSubnet, guests, ...places } = o;
  const daemon = await readTemplate('addons/flannel/daemon.yaml');
  const parts = daemonsFor(guests).map(({ name, args, nodes }) =>
    renderTemplate(daemon, { ...places, name, app: name.replace(/^kube-|-ds/g, ''), args, nodes }),
  );
  const base = renderTemplate(await readTemplate('addons/flannel/flannel.yaml'), { podSubnet });
  return [base, ...parts].join('---\n');
}

function daemonsFor(guests: readonly string[]): readonly Daemon[] {
  const linux = { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] };
  const named = (operator: 'In' | 'NotIn') => ({ key: 'kubernetes.io/hostname', operator, values: guests });
  const machines: Daemon = {
    name: 'kube-flannel-ds',
    // The network of the room: the node's own address, not the first network card's. (`--iface-can-reach` with the parent's address would choose
    // the loopback on the parent.)
    args: [...ARGS, '--iface=$(NODE_ADDRESS)'],
    nodes: guests.length === 0 ? [linux] : [linux, named('NotIn')],
  };
  if (guests.length === 0) return [machines];
  return [
    machines,
    {
      name: 'kube-flannel-ds-guests',
      // A guest has the node's address on the loopback, which leads nowhere: the others send to that, and it sends by its one way out.
      args: [...ARGS, `--iface-can-reach=${ANYWHERE}`, '--public-ip=$(NODE_ADDRESS)'],
      nodes: [linux, named('In')],
    },
  ];
}
