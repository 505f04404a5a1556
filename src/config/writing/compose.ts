import { Document, isMap, Pair, Scalar } from 'yaml';
import type { Node } from 'yaml';
import { DEFAULTS } from '../defaults.js';
import { present } from '../optional-key.js';

/** What a new kmon.yaml is made of: what a person answered, in the keys' own names. Absent: not written, so the default holds. */
export interface RoomAnswers {
  readonly room: string;
  readonly user?: string;
  /** As it is to stand in the file. */
  readonly key?: string;
  readonly parent: AnsweredMachine;
  readonly children: readonly AnsweredChild[];
  /** Minor version of Kubernetes; absent: the default is written, so that a later kmon sets up the same room. */
  readonly version?: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  /** As it is to stand in the file. */
  readonly bundle?: string;
}

export interface AnsweredMachine {
  readonly address: string;
  readonly name?: string;
  readonly user?: string;
}

export interface AnsweredChild extends AnsweredMachine {
  readonly team?: string;
  readonly kind?: 'observed';
  readonly exporter?: number;
}

/** Where the schema for editors lies, as seen from kmon.yaml: it works without a network, and goes with the room's own state. */
export const SCHEMA_FILE = '.kmon/kmon.schema.json';

/** The line by which an editor (the YAML language server) finds the schema. */
export const MODELINE = ` yaml-language-server: $schema=${SCHEMA_FILE}`;

/** kmon.yaml with comments for the person who changes it later. Made as a tree, so any name or path is safe. Ends with a line break. */
export function composeRoomFile(answers: RoomAnswers): string {
  const doc = new Document({});
  doc.commentBefore = [
    MODELINE,
    ' kmon.yaml: one room. Change what you like and run `kmon check`. Unknown keys are refused, so a typing mistake',
    ' cannot go unnoticed. An editor that knows YAML schemas explains every key, by the line above.',
  ].join('\n');
  const { contents } = doc;
  if (!isMap(contents)) throw new TypeError('a new document is a map');

  const part = (key: string, value: unknown, comment: string): void => {
    const name = new Scalar(key);
    // The first one is parted from the head of the file already.
    name.spaceBefore = contents.items.length > 0;
    name.commentBefore = comment.replaceAll(/^/gm, ' ');
    contents.items.push(new Pair(name, doc.createNode(value)));
  };

  part(
    'room',
    answers.room,
    "The room's name. `kmon teardown` asks for it before it gives the machines back.",
  );
  const { user, key } = answers;
  if (user !== undefined || key !== undefined) {
    part(
      'ssh',
      { ...present('user', user), ...present('key', key) },
      'How to log in. What is not said here comes from ~/.ssh/config and the SSH agent. Also: port, passwordFile,\nsudoPasswordFile.',
    );
  }
  part(
    'parent',
    machineNode(doc, answers.parent),
    'The parent: control plane, Prometheus, Grafana. An address, or { address, name, host, user, key, … }.',
  );
  const children = doc.createNode(answers.children.map((child) => machineNode(doc, child)));
  children.flow = answers.children.length === 0;
  part(
    'children',
    children,
    'The children: the workers that are watched. Each is an address, or { address, name, team, host, user, key, … }.\nOne without a name is child-1, child-2, … by its place here: put new ones at the end.',
  );
  part(
    'kubernetes',
    {
      version: answers.version ?? DEFAULTS.kubernetes.version,
      podSubnet: answers.podSubnet,
      serviceSubnet: answers.serviceSubnet,
    },
    "What kubeadm sets up. The two ranges must not meet the room's own network. Also: network (flannel, or vxlan\nand routes, which need no image; routes needs one LAN).",
  );
  if (answers.bundle !== undefined) {
    part(
      'bundle',
      answers.bundle,
      'Everything the room needs without Internet. Left out: packages come from apt.',
    );
  }
  return doc.toString({ lineWidth: 0, singleQuote: true });
}

/** An address alone where there is no more to say. */
function machineNode(doc: Document, machine: AnsweredChild): Node {
  const { address, name, team, user, kind, exporter } = machine;
  const more = {
    ...present('name', name),
    ...present('team', team),
    ...present('user', user),
    ...present('kind', kind),
    ...present('exporter', exporter),
  };
  if (Object.keys(more).length === 0) return doc.createNode(address);
  return doc.createNode({ address, ...more }, { flow: true });
}
