import { isMap, parseDocument, Scalar, type Document } from 'yaml';
import { GUEST_SSH_PORT, type LabMachine } from './lab.js';

/** First line of a kmon.yaml that the lab wrote, may write anew and may remove. A file without it belongs to somebody. */
export const MARKER = '# written by kmon lab up';

const TEAMS = ['red', 'blue', 'green', 'yellow'] as const;

export function isLabRoomFile(text: string): boolean {
  return text.startsWith(MARKER);
}

/** What a lab knows of its room. */
export interface RoomOfLab {
  readonly lab: string;
  readonly machines: readonly LabMachine[];
  readonly bundle?: string;
  /** Minor version of Kubernetes; the template's when absent. */
  readonly version?: string;
  /**
   * Everything comes from the lab's Internet, by its names in the world: it has no Grafana, and a stand-in for flannel, so that the room
   * has the pod network of all who write none.
   */
  readonly byInternet?: boolean;
  /** Whether the machines may fetch through this computer; absent: as ever. */
  readonly relay?: boolean;
}

/** kmon.yaml for a lab, from its template: the parsed tree is filled in, so any name or path is safe. */
export function roomFile(template: string, o: RoomOfLab): string {
  const doc = parseDocument(template);
  doc.set('room', o.lab);
  o.machines.forEach((machine, i) => {
    const guest = machine.laptop === undefined ? {} : ({ port: GUEST_SSH_PORT, node: 'guest' } as const);
    const { address, name } = machine;
    if (machine.role === 'parent')
      doc.set('parent', doc.createNode({ address, ...guest, name }, { flow: true }));
    else {
      const team = TEAMS[(i - 1) % TEAMS.length];
      doc.addIn(['children'], doc.createNode({ address, ...guest, name, team }, { flow: true }));
    }
  });
  blockStyle(doc, 'children');
  if (o.version !== undefined) doc.setIn(['kubernetes', 'version'], quoted(o.version));
  const guests = o.machines.some((machine) => machine.laptop !== undefined);
  // Routes do not pass the laptops' translation of addresses.
  if (guests) doc.setIn(['kubernetes', 'network'], 'vxlan');
  if (o.byInternet === true) {
    if (!guests) doc.deleteIn(['kubernetes', 'network']);
    doc.setIn(['monitoring', 'grafana'], doc.createNode({ enabled: false }, { flow: true }));
  }
  if (o.bundle !== undefined) doc.set('bundle', o.bundle);
  if (o.relay === false) doc.set('relay', false);
  return doc.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Machine names in a kmon.yaml of ours, parent first; empty for anything that does not look like one. */
export function machinesIn(text: string): readonly { readonly name: string; readonly address: string }[] {
  const doc = parseDocument(text);
  const nodes = [doc.get('parent'), ...childrenOf(doc)];
  return nodes.flatMap((node) => {
    if (!isMap(node)) return [];
    const [name, address] = [node.get('name'), node.get('address')];
    return typeof name === 'string' && typeof address === 'string' ? [{ name, address }] : [];
  });
}

/** The room that a kmon.yaml is of. */
export function roomIn(text: string): string | undefined {
  const room = parseDocument(text).get('room');
  return typeof room === 'string' ? room : undefined;
}

/** The bundle that a kmon.yaml names. */
export function bundleIn(text: string): string | undefined {
  const bundle = parseDocument(text).get('bundle');
  return typeof bundle === 'string' ? bundle : undefined;
}

function childrenOf(doc: Document): readonly unknown[] {
  const children = doc.get('children');
  return typeof children === 'object' &&
    children !== null &&
    'items' in children &&
    Array.isArray(children.items)
    ? children.items
    : [];
}

/** Unquoted, 1.30 would be read as the number 1.3. */
function quoted(text: string): Scalar {
  const made = new Scalar(text);
  made.type = 'QUOTE_SINGLE';
  return made;
}

/** `[]` in the template is a flow sequence: with entries, one machine a line reads better. */
function blockStyle(doc: Document, key: string): void {
  const node = doc.get(key);
  if (typeof node === 'object' && node !== null && 'flow' in node && childrenOf(doc).length > 0)
    node.flow = false;
}
