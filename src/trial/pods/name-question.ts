import { RECURSION_DESIRED, decode, encode } from 'dns-packet';

/** A question for the address of a name, as a packet in hexadecimal. */
export function askForName(name: string): string {
  return encode({
    type: 'query',
    id: 1,
    flags: RECURSION_DESIRED,
    questions: [{ type: 'A', name }],
  }).toString('hex');
}

/** What came back: addresses, or why there are none, in the words of DNS ("NXDOMAIN"). */
export type NameAnswer = { readonly addresses: readonly string[] } | { readonly refused: string };

/** @param hex The packet of the answer. */
export function readNameAnswer(hex: string): NameAnswer {
  try {
    const packet = decode(Buffer.from(hex, 'hex'));
    const addresses = (packet.answers ?? []).flatMap((a) => (a.type === 'A' ? [a.data] : []));
    if (addresses.length > 0) return { addresses };
    return { refused: 'rcode' in packet && packet.rcode !== 'NOERROR' ? String(packet.rcode) : 'no address' };
  } catch {
    return { refused: 'no answer that can be read' };
  }
}
