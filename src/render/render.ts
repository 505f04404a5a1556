import { isPair, isSeq, parseAllDocuments, visit } from 'yaml';
import type { Document, Scalar } from 'yaml';

/** What may be put in place of `${name}`: a list or a map only where the placeholder is the whole value. */
export type TemplateValue =
  string | number | boolean | readonly TemplateValue[] | { readonly [key: string]: TemplateValue };

const PLACEHOLDER = /\$\{([A-Za-z][A-Za-z0-9]*)\}/g;

/**
 * Fills a YAML template. Placeholders are replaced on the parsed tree, never in the text: a value stays one value whatever it holds.
 * `${name}` alone takes the value with its type; within a longer text the value becomes text. Keys are never templated. Text that comes
 * from a value is written in double quotes: kubeadm and kubectl read YAML 1.1, where a machine named `on` would be a truth value.
 *
 * @throws TypeError for a placeholder without a value, a value without a placeholder, or a template that is no YAML: all of these are
 * defects of kmon, and its tests find them.
 */
export function renderTemplate(text: string, values: Readonly<Record<string, TemplateValue>>): string {
  const documents = parseAllDocuments(text) as readonly Document.Parsed[];
  const used = new Set<string>();
  const valueOf = (name: string): TemplateValue => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TypeError(`the template wants \${${name}}, which has no value`);
    used.add(name);
    return value;
  };
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw new TypeError(`the template is no YAML: ${error.message}`);
    // Put in after the walk: a value is never looked at for placeholders of its own.
    const later: (() => void)[] = [];
    visit(document, {
      Scalar: (key, node, path) => {
        if (key === 'key' || typeof node.value !== 'string') return;
        const whole = /^\$\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(node.value);
        if (whole?.[1] !== undefined) {
          const made = document.createNode(plain(valueOf(whole[1])));
          visit(made, {
            Scalar: (_, scalar) => {
              quoted(scalar);
            },
          });
          const parent = path.at(-1);
          if (!isPair(parent) && !isSeq(parent)) throw new TypeError('a template is not a placeholder alone');
          later.push(() => {
            if (isPair(parent)) parent.value = made;
            else if (isSeq(parent) && typeof key === 'number') parent.items[key] = made;
          });
          return;
        }
        fillScalar(node, valueOf);
      },
    });
    for (const put of later) put();
  }
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TypeError(`the template does not use ${unused.join(', ')}`);
  return documents.map((d) => d.toString({ lineWidth: 0 })).join('');
}

function fillScalar(node: Scalar, valueOf: (name: string) => TemplateValue): void {
  if (typeof node.value !== 'string') return;
  const filled = node.value.replace(PLACEHOLDER, (_, name: string) => {
    const value = valueOf(name);
    if (typeof value === 'object') throw new TypeError(`\${${name}} is no text and cannot stand within one`);
    return String(value);
  });
  if (filled === node.value) return;
  node.value = filled;
  quoted(node);
}

function quoted(node: Scalar): void {
  if (typeof node.value === 'string') node.type = 'QUOTE_DOUBLE';
}

/** A copy without `readonly`, as the yaml package wants it. */
function plain(value: TemplateValue): unknown {
  return typeof value === 'object' ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
}
