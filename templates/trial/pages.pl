# Asks each pod for its page, and each machine for it at a port that leads to one of them by chance, until every pod has answered there. All at
# once, each in a process of its own, which ends.

use constant {
  # For one answer.
  SECONDS => 2,
  # For all of one machine.
  MACHINE_SECONDS => 12,
  # By chance one of N is not met in 30 * N tries once in 10^13.
  TRIES_A_POD => 30,
};

sub outcome { return $! == ECONNREFUSED ? 'refused' : $! == ENETUNREACH || $! == EHOSTUNREACH ? 'no-route' : 'silent' }

# What came of one question: 'page', with the child and the pod that the page names, or why there is none.
sub ask {
  my ($address, $port) = @_;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or return 'silent';
  setsockopt($socket, SOL_SOCKET, $_, pack('l!l!', SECONDS, 0)) for SO_SNDTIMEO, SO_RCVTIMEO;
  connect($socket, pack_sockaddr_in($port, inet_aton($address))) or return outcome();
  syswrite($socket, "GET / HTTP/1.0\r\nHost: $address:$port\r\n\r\n");
  my $said = '';
  while (length $said < 65536) {
    my $got = sysread($socket, $said, 8192, length $said);
    next if !defined $got and $! == EINTR;
    return outcome() if !defined $got;
    last if !$got;
  }
  return 'other' if $said !~ m{^HTTP/1\.\d 200 };
  return $said =~ m{<b id="child">([\w.-]+)</b>.*<b id="pod">([\w.-]+)</b>}s ? ('page', $1, $2) : 'other';
}

sub report { syswrite(STDOUT, join(' ', @_) . "\n") }

my @pods = all_of('pod');
for (@pods) {
  my ($pod, $address, $port) = @$_;
  my $child = fork() // die "fork: $!\n";
  next if $child;
  my $began = now();
  my @page = ask($address, $port);
  report('pod', $pod, sprintf('%.1f', 1000 * (now() - $began)), @page);
  POSIX::_exit(0);
}
for (all_of('machine')) {
  my ($machine, $address, $port) = @$_;
  my $child = fork() // die "fork: $!\n";
  next if $child;
  my %missing = map { ($_->[0] => 1) } @pods;
  my ($until, $tries, %trouble) = (now() + MACHINE_SECONDS, TRIES_A_POD * @pods);
  while (%missing and $tries-- > 0 and now() < $until) {
    my ($came, undef, $pod) = ask($address, $port);
    if ($came ne 'page') { $trouble{$came} = 1 }
    elsif (delete $missing{$pod}) { report('at', $machine, $pod) }
    # A port that is closed is so for every try.
    last if $came eq 'refused' and !grep { $_ ne 'refused' } keys %trouble and keys %missing == @pods;
  }
  report('trouble', $machine, $_) for sort keys %trouble;
  POSIX::_exit(0);
}
1 while wait() > 0;
