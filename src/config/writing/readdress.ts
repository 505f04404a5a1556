import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Scalar } from 'yaml';
import { defaultName } from '../sections/machines.js';

/**
 * A kmon.yaml in which some machines have other addresses, and everything else stands as it stood, byte for byte. A machine that is not found is
 * left out: the file may have been changed meanwhile.
 *
 * @param moves the new address by the machine's name
 */
export function readdressed(text: string, moves: ReadonlyMap<string, string>): string {
  const doc = parseDocument(text);
  const children = doc.get('children', true);
  const machines: readonly { readonly node: unknown; readonly otherwise: string }[] = [
    { node: doc.get('parent', true), otherwise: defaultName(['parent']) },
    ...(isSeq(children)
      ? children.items.map((node, i) => ({ node, otherwise: defaultName(['children', i]) }))
      : []),
  ];
  const places = machines.flatMap(({ node, otherwise }) => {
    const named = isMap(node) ? node.get('name') : undefined;
    const address = addressIn(node);
    const to = moves.get(typeof named === 'string' ? named : otherwise);
    const [from, end] = address?.range ?? [];
    return to === undefined || from === undefined || end === undefined ? [] : [{ from, end, to }];
  });
  return places
    .toSorted((a, b) => b.from - a.from)
    .reduce((so, { from, end, to }) => `${so.slice(0, from)}${to}${so.slice(end)}`, text);
}

function addressIn(node: unknown): Scalar | undefined {
  const found: unknown = isMap(node) ? node.get('address', true) : node;
  return isScalar(found) ? found : undefined;
}
