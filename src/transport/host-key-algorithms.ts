/** Algorithms by the type of key they use, best first; those that ssh2 knows and OpenSSH still offers. */
const ALGORITHMS = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const;

type KeyType = keyof typeof ALGORITHMS;

/** The known types first: a machine known by its ed25519 key must not be judged by its ecdsa key. */
export function hostKeyAlgorithms(known: readonly string[]): (typeof ALGORITHMS)[KeyType][number][] {
  const types = Object.keys(ALGORITHMS) as KeyType[];
  const first = known.flatMap((type) => types.find((t) => t === type) ?? []);
  return [...new Set([...first, ...types])].flatMap((type) => ALGORITHMS[type]);
}
