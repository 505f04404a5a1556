import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { YAMLMap } from 'yaml';
import { present } from '../optional-key.js';

/** A child as it is to stand in kmon.yaml. */
export interface EnteredChild {
  readonly address: string;
  readonly name: string;
  readonly team?: string;
  readonly port: number;
  /** It is a guest behind the laptop's address. */
  readonly guest?: boolean;
  readonly user: string;
  /** As it is to stand in the file. */
  readonly key: string;
}

/**
 * The text of kmon.yaml with this child in it: in place of the one of the same name (else the same address), whose other keys stay, else at the end of the list, so that no
 * child without a name gets another. Comments stay.
 *
 * @throws TypeError for a text that is no kmon.yaml: whoever calls has read it as one
 */
export function enterChild(text: string, child: EnteredChild): string {
  const doc = parseDocument(text);
  const { contents } = doc;
  if (!isMap(contents)) throw new TypeError('kmon.yaml is a map');
  const { address, name, team, port, guest = false, user, key } = child;
  const values = {
    address,
    name,
    ...present('team', team),
    // The usual one need not be said, unless the room's is another.
    ...(port === 22 && doc.getIn(['ssh', 'port']) === undefined ? {} : { port }),
    ...(guest ? { node: 'guest' } : {}),
    user,
    key,
  };
  const list = contents.get('children', true);
  const items = isSeq(list) ? list.items : [];
  const named = items.findIndex((item) => isMap(item) && says(item, 'name', name));
  const place = named >= 0 ? named : items.findIndex((item) => isAt(item, address));
  const there = items[place];
  if (isMap(there)) {
    // What led to it before leads somewhere else now.
    for (const old of ['host', 'port', 'node', 'passwordFile', 'sudoPasswordFile'])
      doc.deleteIn(['children', place, old]);
    for (const [word, value] of Object.entries(values)) doc.setIn(['children', place, word], value);
  } else {
    const entry = doc.createNode(values, { flow: true });
    if (isSeq(list) && there !== undefined) list.set(place, entry);
    else if (isSeq(list)) {
      if (items.length === 0) list.flow = false;
      list.add(entry);
    } else doc.set('children', doc.createNode([entry]));
  }
  const written = doc.toString({ lineWidth: 0 });
  return text.includes('\r\n') ? written.replaceAll(/\r?\n/g, '\r\n') : written;
}

function isAt(item: unknown, address: string): boolean {
  return isMap(item) ? says(item, 'address', address) : isScalar(item) && item.value === address;
}

function says(map: YAMLMap, word: string, value: string): boolean {
  const said = map.get(word, true);
  return isScalar(said) && said.value === value;
}
