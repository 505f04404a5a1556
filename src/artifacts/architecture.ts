/** Debian's names of the processors that there are packages of Kubernetes for, each with its name in Go, and so in registries. */
export const PROCESSORS: Readonly<Record<string, string>> = {
  amd64: 'amd64',
  arm64: 'arm64',
  ppc64el: 'ppc64le',
  s390x: 's390x',
};

/** Debian's name of a processor as it is told to people. */
export function architectureInWords(name: string): string {
  return ['armhf', 'armel', 'i386'].includes(name) ? `${name} (32 bit)` : name;
}
