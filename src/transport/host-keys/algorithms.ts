import { matchesPatterns } from '../ssh-config/patterns.js';

/** Algorithms by the type of key they use, best first; those that ssh2 knows and OpenSSH still offers. */
const ALGORITHMS = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const;

type KeyType = keyof typeof ALGORITHMS;
/** The last one only where HostKeyAlgorithms asks for it, for devices that have nothing better. */
export type HostKeyAlgorithm = (typeof ALGORITHMS)[KeyType][number] | 'ssh-rsa';

const USUAL: readonly HostKeyAlgorithm[] = Object.values(ALGORITHMS).flat();
/** As OpenSSH lists all that it has: the order of what a pattern stands for. */
const ALL: readonly HostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'rsa-sha2-256',
  'rsa-sha2-512',
];

/**
 * The known types first: a machine known by its ed25519 key must not be judged by its ecdsa key. Not so where HostKeyAlgorithms gives the
 * order: a list, or `^` for what comes first; `+` adds to the usual ones, `-` takes from them.
 *
 * @param said HostKeyAlgorithms of the ssh configuration
 */
export function hostKeyAlgorithms(known: readonly string[], said = ''): HostKeyAlgorithm[] {
  const how = /^[-+^]/.exec(said)?.[0];
  const named = said
    .slice(how === undefined ? 0 : 1)
    .split(',')
    .flatMap((pattern) => ALL.filter((algorithm) => matchesPatterns(algorithm, [pattern])));
  switch (how) {
    case '^':
      return [...new Set([...named, ...USUAL])];
    case '+':
      return knownFirst(known, [...new Set([...USUAL, ...named])]);
    case '-':
      return knownFirst(
        known,
        USUAL.filter((algorithm) => !named.includes(algorithm)),
      );
    case undefined:
    default:
      return said === '' ? knownFirst(known, USUAL) : [...new Set(named)];
  }
}

function knownFirst(known: readonly string[], algorithms: readonly HostKeyAlgorithm[]): HostKeyAlgorithm[] {
  const types = Object.keys(ALGORITHMS) as KeyType[];
  const first = known
    .flatMap((type) => types.find((t) => t === type) ?? [])
    .flatMap((type) => ALGORITHMS[type]);
  return [...new Set([...first.filter((algorithm) => algorithms.includes(algorithm)), ...algorithms])];
}
