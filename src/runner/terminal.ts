/**
 * Starts the command that follows with a controlling terminal of its own, for a sudo that asks for one (`requiretty`). sudo looks whether
 * /dev/tty can be opened, no more; so stdin, stdout and stderr stay the connection's own, and every byte passes as it is: a terminal in
 * between would echo, translate line ends and take control characters for orders.
 *
 * Perl, since Debian and Ubuntu cannot be without it. The numbers are TIOCSPTLCK and TIOCGPTN of asm-generic/ioctls.h (x86 and ARM); between
 * the quotes stands nothing that a login shell gives a meaning to (see `wire`). Ends with the command's exit code.
 */
export const WITH_TERMINAL = `perl -e '${[
  'use POSIX ()',
  'open M,"+<","/dev/ptmx" or exit 126',
  '$n=$u=pack "i",0',
  'ioctl M,1074025521,$u',
  'ioctl M,2147767344,$n',
  '$p=fork',
  'if($p){waitpid $p,0;exit($?&127?128+($?&127):$?>>8)}',
  'close M',
  'POSIX::setsid()',
  'open T,"+<","/dev/pts/".unpack "i",$n',
  'exec @ARGV',
  'exit 127',
].join(';')}' -- `;
