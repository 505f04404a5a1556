import { configSchema } from './schema.js';

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** A row of the table. Keys that mean the same in several places share one. */
interface Row {
  readonly keys: string[];
  readonly standard: string;
  readonly meaning: string;
}

const INTRODUCTION = `# Configuration: kmon.yaml

[All pages](README.md)

This page is made from the schema of kmon.yaml in src/config by \`scripts/docs\`.

\`kmon.yaml\` describes one room. Only \`room\` and \`parent\` must be there. Paths are relative to the file, \`~\` is your home. Unknown
keys are refused; all mistakes are told at once, with line, column and the nearest right key.

\`\`\`yaml
room: atelier-1
ssh: { user: student, key: ~/.ssh/id_ed25519 }
parent: 192.168.1.10
children: [192.168.1.11, { address: 192.168.1.12, name: pc-12, team: red }]
\`\`\`

\`kmon new\` asks for a room and writes the file. An example with every key and a comment to each is
[templates/kmon.example.yaml](../templates/kmon.example.yaml).

## Help in your editor

An editor that knows YAML schemas (the YAML language server) completes and explains every key by the first line of the file,
\`# yaml-language-server: $schema=.kmon/kmon.schema.json\`. \`kmon new\` writes that line and the schema, which therefore needs no network; for a
file written by hand:

\`\`\`sh
mkdir -p -m 700 .kmon
kmon config schema > .kmon/kmon.schema.json
\`\`\`

The schema is in [kmon.schema.json](kmon.schema.json) too.

## The keys

\`children[]\` stands for each of the children. What a machine says of its login goes before what \`ssh\` says, and that before
\`~/.ssh/config\`. A machine may be written as its address alone.
`;

/** docs/configuration.md: every key of kmon.yaml with its default and meaning. Ends with a line break. */
export function configPage(): string {
  const rows = [...merged(rowsOf(configSchema(), ''))];
  const lines = rows.map(
    ({ keys, standard, meaning }) =>
      `| ${keys.map((key) => `\`${key}\``).join(', ')} | ${standard} | ${meaning} |`,
  );
  return `${INTRODUCTION}\n| Key | Default | What it means |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}

function rowsOf(node: Node, path: string): readonly Row[] {
  const map = mapIn(node);
  return Object.entries(map?.properties ?? {}).flatMap(([name, value]) => {
    const key = path === '' ? name : `${path}.${name}`;
    if (mapIn(value) !== undefined) return rowsOf(value, key);
    const each = value.items;
    if (each !== undefined && mapIn(each) !== undefined) return rowsOf(each, `${key}[]`);
    return [row(key, value, map?.required?.includes(name) === true)];
  });
}

/** The map that this is, or that it may also be written as. */
function mapIn(node: Node): Node | undefined {
  return [node, ...(node.anyOf ?? [])].find((n) => n.properties !== undefined);
}

function row(key: string, node: Node, required: boolean): Row {
  const [text = '', said] = (node.description ?? '').split(' Default: ');
  return {
    keys: [key],
    standard: required ? 'must be there' : (said?.replace(/\.$/, '') ?? value(node.default)),
    meaning: cell(`${text}${choices(node, text)}`),
  };
}

function value(standard: unknown): string {
  if (standard === undefined) return 'none';
  return `\`${typeof standard === 'string' ? standard : JSON.stringify(standard)}\``;
}

/** What may be chosen, where the text does not explain each. */
function choices(node: Node, text: string): string {
  const words = (node.enum ?? []).filter((v) => typeof v === 'string');
  if (words.length === 0 || words.every((word) => text.includes(`${word}:`))) return '';
  return ` One of ${words.map((word) => `\`${word}\``).join(', ')}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Rows that say the same of a key of the same name become one, where the first of them stands. */
function merged(rows: readonly Row[]): Iterable<Row> {
  const found = new Map<string, Row>();
  for (const each of rows) {
    const name = each.keys[0]?.split('.').at(-1);
    const same = [name, each.standard, each.meaning].join('\n');
    const first = found.get(same);
    if (first === undefined) found.set(same, { ...each, keys: [...each.keys] });
    else first.keys.push(...each.keys);
  }
  return found.values();
}
