# The beginning of every program that kmon sends to a machine to try the network. It comes on stdin and is never a file there.
# Only perl-base may be presumed, which has no Time::HiRes.
use strict;
use warnings;
use Errno qw(EACCES EADDRINUSE EADDRNOTAVAIL EAGAIN ECONNREFUSED EHOSTUNREACH EINPROGRESS EINTR EMSGSIZE ENETUNREACH EPERM);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use POSIX ();
use Socket qw(:DEFAULT IPPROTO_IP);

# Of Linux; Socket has only some of them.
use constant { IP_MTU_DISCOVER => 10, IP_PMTUDISC_PROBE => 3, SO_RCVBUFFORCE => 33, SO_ATTACH_FILTER => 26, SIOCGSTAMP => 0x8906, PF_PACKET => 17, ETH_P_IP => 0x0800 };

# Where packets go that have addresses of pods: the port of `discard`, at which nobody answers.
use constant FOREIGN_PORT => 9;

# Sees what comes on a link, and sends on it, past addresses and routes of this machine. Nothing of the machine changes by that.
sub link_socket {
  socket(my $socket, PF_PACKET, SOCK_DGRAM, unpack('S', pack('n', ETH_P_IP))) or return undef;
  unblock($socket);
  return $socket;
}

$SIG{PIPE} = 'IGNORE';
$| = 1;

# Seconds since some moment that never moves, and the time of the day as the kernel stamps packets with it. Where the number of the system call
# is not known: in steps of 10 ms, and no time of the day.
sub make_clocks {
  if (eval { require Time::HiRes; Time::HiRes::clock_gettime(1) > 0 }) {
    return map { my $which = $_; sub { Time::HiRes::clock_gettime($which) } } 1, 0;
  }
  my $narrow = length(pack('l!', 0)) == 4;
  my $machine = (POSIX::uname())[4];
  my $number =
      $machine =~ /^(x86_64|i.86)$/    ? ($narrow ? 265 : 228)
    : $machine =~ /^(aarch64|armv8)/   ? ($narrow ? 263 : 113)
    : $machine =~ /^arm/               ? 263
    : $machine =~ /^riscv64|^loongarch64/ ? 113
    : $machine =~ /^ppc64/             ? 246
    : $machine eq 's390x'              ? 260
    :                                    undef;
  if (defined $number) {
    my $read = sub {
      my $time = pack('l!l!', 0, 0);
      return -1 if syscall($number, $_[0], $time) != 0;
      my ($seconds, $nanoseconds) = unpack('l!l!', $time);
      return $seconds + $nanoseconds / 1e9;
    };
    # A wrong number would give nonsense: the clock of the day is known.
    return (sub { $read->(1) }, sub { $read->(0) }) if abs($read->(0) - time()) < 5;
  }
  return sub {
    open(my $uptime, '<', '/proc/uptime') or return time();
    return (split ' ', <$uptime>)[0];
  };
}
my ($clock, $day) = make_clocks();
sub now { return $clock->() }

# What to do, a line each: a word, and what belongs to it. Behind the program, so that nothing of it is in an argument list.
my %job;
while (my $line = <DATA>) {
  chomp $line;
  my ($key, @values) = split / /, $line;
  push @{ $job{$key} }, \@values if defined $key;
}
sub all_of { return @{ $job{ $_[0] } // [] } }
sub one_of { return $job{ $_[0] }[0][0] }

my $token = one_of('token');
my $raw_token = pack('H*', $token // '');

sub unblock { fcntl($_[0], F_SETFL, fcntl($_[0], F_GETFL, 0) | O_NONBLOCK) }

# The listener's own door, which only this machine has; it leaves no file.
sub door { return pack_sockaddr_un("\0kmon-probe-" . one_of('id')) }

# A machine that is busy with other things must not look as if packets were lost.
sub widen {
  my ($socket) = @_;
  setsockopt($socket, SOL_SOCKET, SO_RCVBUFFORCE, pack('i', 4 << 20))
    or setsockopt($socket, SOL_SOCKET, SO_RCVBUF, pack('i', 4 << 20));
}

# How long ago the kernel had the packet that was read last of a socket: on a busy machine a program hears of it later, which is not the
# network's doing. Zero where that is not known, and for all that came before the first call.
sub since_arrival {
  my ($socket) = @_;
  my $stamp = pack('l!l!', 0, 0);
  return 0 if !$day or !ioctl($socket, SIOCGSTAMP, $stamp);
  my ($seconds, $microseconds) = unpack('l!l!', $stamp);
  my $since = $day->() - $seconds - $microseconds / 1e6;
  # Somebody may have set the clock in between.
  return $since > 0 && $since < 5 ? $since : 0;
}
