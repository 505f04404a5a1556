# Asks a name server for a name, and knocks at ports, from the network that this program was started in: that of a pod.

use constant SECONDS => 2;

sub patient {
  my ($kind) = @_;
  socket(my $socket, PF_INET, $kind, 0) or die "socket: $!\n";
  setsockopt($socket, SOL_SOCKET, $_, pack('l!l!', SECONDS, 0)) for SO_SNDTIMEO, SO_RCVTIMEO;
  return $socket;
}

sub outcome { return $! == ECONNREFUSED ? 'refused' : $! == ENETUNREACH || $! == EHOSTUNREACH ? 'no-route' : 'silent' }

for (all_of('dns')) {
  my ($address, $port, $question) = @$_;
  my $socket = patient(SOCK_DGRAM);
  my $answer;
  if (   connect($socket, pack_sockaddr_in($port, inet_aton($address)))
      && send($socket, pack('H*', $question), 0)
      && defined recv($socket, $answer, 4096, 0)) {
    print 'dns answer ', unpack('H*', $answer), "\n";
  }
  else { print 'dns ', outcome(), "\n" }
}
for (all_of('tcp')) {
  my ($address, $port) = @$_;
  my $reached = connect(patient(SOCK_STREAM), pack_sockaddr_in($port, inet_aton($address)));
  print 'tcp ', $reached ? 'open' : outcome(), "\n";
}
