/**
 * The networks of a Linux kernel's table of routes (/proc/net/route: a title, then a line a route with destination in column 2 and mask in
 * column 8, both hexadecimal in the byte order of a little-endian machine, as all are that kmon knows), as `10.8.0.0/16`. The default route is
 * left out: everything is in it.
 */
export function networksOfRouteTable(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, destination = '', , , , , , mask = ''] = line.trim().split(/\s+/);
    if (!/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask)) return [];
    const prefix = onesIn(bytesOf(mask));
    return prefix === 0 ? [] : [`${bytesOf(destination).join('.')}/${prefix}`];
  });
}

function bytesOf(word: string): readonly number[] {
  return (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed();
}

/** The first two columns of Windows' `route print`: destination and mask. Titles are in the language of the system, addresses are not. */
export function networksOfRoutePrint(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, destination, mask = ''] = /^\s*(\d+(?:\.\d+){3})\s+(\d+(?:\.\d+){3})\s/.exec(line) ?? [];
    return destination === undefined ? [] : network(destination, onesIn(mask.split('.').map(Number)));
  });
}

/**
 * The first column of `netstat -rn -f inet` on macOS: `10.8/16`, and `192.168.1` for a /24, since zeros at the end are left out there and a
 * length that the number of parts tells as well.
 */
export function networksOfNetstat(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, written, length] = /^(\d+(?:\.\d+){0,3})(?:\/(\d+))?\s/.exec(line) ?? [];
    if (written === undefined) return [];
    const parts = written.split('.');
    const destination = [...parts, '0', '0', '0'].slice(0, 4).join('.');
    return network(destination, length === undefined ? parts.length * 8 : Number(length));
  });
}

/** The computer itself, single addresses and those of groups are no networks. */
function network(destination: string, prefix: number): readonly string[] {
  const first = Number(destination.split('.')[0]);
  return prefix === 0 || prefix >= 32 || first === 127 || first >= 224 ? [] : [`${destination}/${prefix}`];
}

function onesIn(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}
