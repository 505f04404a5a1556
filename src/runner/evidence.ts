/** What decides when several lines say something: the first pattern with a hit wins, with its first or its last hit. */
const TELLING: readonly { readonly pattern: RegExp; readonly take: 'first' | 'last' }[] = [
  { pattern: /^\s*\[ERROR [^\]]+\]/, take: 'first' }, // kubeadm's preflight checks
  // Through kind, which tells of its own command first.
  { pattern: /\bCannot connect to the (?:Docker daemon|Podman)\b/i, take: 'first' },
  { pattern: /\bExiting due to [A-Z][A-Z_]+: /, take: 'first' }, // minikube
  // Of a command that another program started, that one's own words; that it failed tells less.
  { pattern: /^\s*(?:\S+: )?error:(?!.*\bfailed with error: exit status \d+$)/i, take: 'first' },
  { pattern: /^\s*(?:\S+: )?error:/i, take: 'first' }, // kubectl, helm, kubeadm, modprobe, …
  // apt. That it does not know a package tells less than why it could not fetch the list that has it.
  { pattern: /^E: (?!Unable to locate package|Package '.*' has no installation candidate)/, take: 'first' },
  { pattern: /^W: (?:Failed to fetch|GPG error)/, take: 'first' },
  { pattern: /^E: /, take: 'first' },
  { pattern: /\bfatal\b/i, take: 'first' },
  { pattern: /^Error from server|^The connection to the server /, take: 'first' }, // kubectl
  // What the kernel says to whoever writes; programs may say more behind it.
  {
    pattern: /No space left on device|Read-only file system|Operation not permitted|Permission denied/,
    take: 'first',
  },
  { pattern: /\S/, take: 'last' },
];

const MAX_LENGTH = 300;

/** Of a long line, how much of its start is kept: what was done. Its end is the cause, where programs chain their errors. */
const START_LENGTH = 100;

/**
 * The one line of a failed command's output that says why: of stderr, else the last line of stdout. Without colours and control
 * characters, and shortened in its middle; `undefined` when the command said nothing.
 */
export function evidence(output: { readonly stdout: string; readonly stderr: string }): string | undefined {
  const stderr = lines(output.stderr);
  for (const { pattern, take } of TELLING) {
    const hit =
      take === 'first' ? stderr.find((l) => pattern.test(l)) : stderr.findLast((l) => pattern.test(l));
    if (hit !== undefined) return bothEnds(hit);
  }
  const last = lines(output.stdout).findLast((l) => /\S/.test(l));
  return last === undefined ? undefined : bothEnds(last);
}

/** The line in which `pattern` has its first hit, as `evidence` gives one. */
export function lineOf(text: string, pattern: RegExp): string | undefined {
  const said = lines(text).join('\n');
  const at = said.search(pattern);
  if (at < 0) return undefined;
  const end = said.indexOf('\n', at);
  const line = said.slice(said.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
  return shorten(line, MAX_LENGTH);
}

function bothEnds(text: string): string {
  const line = shorten(text, Infinity);
  if (line.length <= MAX_LENGTH) return line;
  return `${line.slice(0, START_LENGTH)} … ${line.slice(START_LENGTH + 3 - MAX_LENGTH)}`;
}

/** One line of at most `length` characters; what is cut is marked by an ellipsis. */
export function shorten(text: string, length: number): string {
  const line = plain(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

/** Lines as a terminal would leave them: a carriage return overwrites what was before it (progress bars). */
function lines(text: string): readonly string[] {
  return plain(text)
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').replace(/^[^]*\r/, ''));
}

/** Without escape sequences and control characters, which could rewrite the reader's screen. */
function plain(text: string): string {
  return (
    text
      // CSI, OSC and two-character escape sequences (ECMA-48).
      .replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '')
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '')
  );
}
