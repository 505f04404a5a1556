import { GUEST_LABEL } from '../../config/names.js';
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
  /** Whether it is for guests or for all others. */
  readonly guests: 'Exists' | 'DoesNotExist';
}

/**
 * Both are always there: whether a node is a guest its label says, so that one that joins, by whatever command, has the right daemon, and none is
 * left over when the last guest goes.
 */
const DAEMONS: readonly Daemon[] = [
  {
    name: 'kube-flannel-ds',
    // The network of the room: the node's own address, not the first network card's. (`--iface-can-reach` with the parent's address would choose
    // the loopback on the parent.)
    args: [...ARGS, '--iface=$(NODE_ADDRESS)'],
    guests: 'DoesNotExist',
  },
  {
    name: 'kube-flannel-ds-guests',
    // A guest has the node's address on the loopback, which leads nowhere: the others send to that, and it sends by its one way out.
    args: [...ARGS, `--iface-can-reach=${ANYWHERE}`, '--public-ip=$(NODE_ADDRESS)'],
    guests: 'Exists',
  },
];

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
}): Promise<string> {
  const { podSubnet, ...places } = o;
  const daemon = await readTemplate('addons/flannel/daemon.yaml');
  const parts = DAEMONS.map(({ name, args, guests }) =>
    renderTemplate(daemon, {
      ...places,
      name,
      app: name.replace(/^kube-|-ds/g, ''),
      args,
      nodes: nodesWith(guests),
    }),
  );
  const base = renderTemplate(await readTemplate('addons/flannel/flannel.yaml'), { podSubnet });
  return [base, ...parts].join('---\n');
}

function nodesWith(operator: Daemon['guests']) {
  return [
    { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    { key: GUEST_LABEL, operator },
  ];
}
