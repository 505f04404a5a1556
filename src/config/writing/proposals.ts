import { LABEL_VALUE, MACHINE_NAME } from '../names.js';

/** A name for the room, out of that of the folder its kmon.yaml is in: what cannot stand in a name becomes a hyphen. */
export function roomNameFrom(folderName: string): string {
  const name = folderName
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return LABEL_VALUE.test(name) ? name : 'room-1';
}

/** A machine that may get a name. */
export interface Nameless {
  /** Written by a person: it stays. */
  readonly name?: string;
  /** What it calls itself; absent: it was not asked. */
  readonly hostname?: string;
  /** What it is called without a name. */
  readonly otherwise: string;
}

/**
 * Names by what the machines call themselves, in the same order; `undefined` where a machine keeps what it has: it has a name or told
 * none, its own cannot be a name here, or another machine has it too.
 */
export function namesFromHostnames(machines: readonly Nameless[]): readonly (string | undefined)[] {
  const own = machines.map(({ name, hostname, otherwise }) => {
    const short = (hostname ?? '').toLowerCase().split('.')[0] ?? '';
    return name === undefined && short !== otherwise && MACHINE_NAME.test(short) ? short : undefined;
  });
  // A name that another machine has, by hand, by default or by its own word.
  const held = machines.map((m, i) => m.name ?? own[i] ?? m.otherwise);
  const clashes = (i: number, name: string): boolean =>
    held.some((h, j) => j !== i && h === name) || machines.some((m, j) => j !== i && m.otherwise === name);
  return own.map((name, i) => (name === undefined || clashes(i, name) ? undefined : name));
}

/** The private keys among the files of ~/.ssh, by their names alone: each of them has its public half beside it. Usual ones first. */
export function privateKeysAmong(files: readonly string[]): readonly string[] {
  const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
  const rank = (file: string): number => (usual.includes(file) ? usual.indexOf(file) : usual.length);
  return files
    .filter((file) => files.includes(`${file}.pub`))
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
