/** Debian's name of a processor as it is told to people. */
export function architectureInWords(name: string): string {
  return ['armhf', 'armel', 'i386'].includes(name) ? `${name} (32 bit)` : name;
}
