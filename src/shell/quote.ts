/**
 * POSIX single quotes: whatever the value holds, `sh` reads it back as exactly this one word.
 * A NUL byte cannot be passed to a program at all and is refused.
 */
export function quote(value: string): string {
  if (value.includes('\0')) throw new TypeError('a shell word cannot hold a NUL byte');
  return /^[A-Za-z0-9_/:=.,@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
