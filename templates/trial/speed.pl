# Measures how much goes to and from the listeners of some peers in some seconds: first from them, then to them, all peers at once.

my $seconds = one_of('seconds');
my $pace = one_of('pace');
my $filling = 'x' x 65536;

sub open_to {
  my ($address, $port) = @_;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or return;
  setsockopt($socket, SOL_SOCKET, SO_SNDBUF, pack('i', 262144));
  setsockopt($socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
  # The kernel takes the time to send for connecting, too.
  setsockopt($socket, SOL_SOCKET, SO_SNDTIMEO, pack('l!l!', 3, 0));
  connect($socket, pack_sockaddr_in($port, inet_aton($address))) or return;
  return $socket;
}

sub down {
  my ($socket) = @_;
  syswrite($socket, sprintf("%s down %.3f %d\n", $token, $seconds + 1, $pace)) or return;
  unblock($socket);
  my ($bytes, $began) = (0, undef);
  my $end = now() + $seconds + 1;
  while ((my $left = $end - now()) > 0) {
    vec(my $read = '', fileno $socket, 1) = 1;
    next if select($read, undef, undef, $left) <= 0;
    my $got = sysread($socket, my $data, 262144);
    next if !defined $got and ($! == EAGAIN or $! == EINTR);
    last if !$got;
    # The clock starts with the first bytes, which do not count.
    if (!defined $began) { $began = now(); $end = $began + $seconds }
    else { $bytes += $got }
  }
  return if !defined $began;
  return 8 * $bytes / (now() - $began + 1e-9);
}

sub up {
  my ($socket) = @_;
  syswrite($socket, sprintf("%s up %.3f %d\n", $token, $seconds, $pace)) or return;
  unblock($socket);
  my ($bytes, $began) = (0, now());
  my $end = $began + $seconds + 2;
  my $said = '';
  while ((my $left = $end - now()) > 0) {
    vec(my $read = '', fileno $socket, 1) = 1;
    my $write = '';
    my $due = $bytes < $pace * (now() - $began) + 65536 && now() < $began + $seconds;
    vec($write, fileno $socket, 1) = 1 if $due;
    next if select($read, $write, undef, $due || $left < 0.005 ? $left : 0.005) <= 0;
    if (vec($read, fileno $socket, 1)) {
      my $got = sysread($socket, $said, 200, length $said);
      next if !defined $got and ($! == EAGAIN or $! == EINTR);
      last if !$got or $said =~ /\n/;
    }
    if ($due and vec($write, fileno $socket, 1)) { $bytes += syswrite($socket, $filling) // 0 }
  }
  return $said =~ /^(\d+) ([\d.]+)\n/ && $2 > 0 ? 8 * $1 / $2 : undef;
}

# A process a peer: the slow one must not hold up the others.
for (all_of('to')) {
  my ($peer, $address, $port) = @$_;
  my $child = fork() // die "fork: $!\n";
  next if $child;
  for my $way ('down', 'up') {
    my $socket = open_to($address, $port);
    my $rate = $socket ? ($way eq 'down' ? down($socket) : up($socket)) : undef;
    close $socket if $socket;
    syswrite(STDOUT, sprintf("%s %s %s\n", $way, $peer, defined $rate ? int($rate) : '-'));
  }
  POSIX::_exit(0);
}
1 while wait() > 0;
