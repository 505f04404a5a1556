import { reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';

/** Asks for the first page, and prints the line with the status. */
const PROGRAM = [
  'alarm 5;',
  'my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], Timeout => 4) or exit 1;',
  String.raw`print $s "GET / HTTP/1.0\r\nHost: $ARGV[0]\r\n\r\n";`,
  'my $line = <$s>; print $line if defined $line',
].join(' ');

/**
 * Asks for the first page at an address, within five seconds; see `parsePage`. Any exit code.
 *
 * @param noPerl the exit code of a machine without perl
 */
export function askForPage(
  { address, port }: { readonly address: string; readonly port: number },
  noPerl: number,
): Command<'reads'> {
  return withOptions(
    reads`command -v perl >/dev/null || exit ${noPerl}; perl -MIO::Socket::INET -e ${PROGRAM} ${`${address}:${port}`}`,
    { ok: 'any' },
  );
}

/** The status that came; `undefined`: nobody answers in the words of HTTP. */
export function parsePage({ stdout }: ExecResult): number | undefined {
  const status = /^HTTP\/\d\.\d (\d{3})\b/.exec(stdout)?.[1];
  return status === undefined ? undefined : Number(status);
}
