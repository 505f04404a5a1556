# Tries the hosts that packages and images come from: the name, then a connection, through a proxy where one is named. All at once, each in
# a process of its own, since looking up a name cannot be interrupted in any other way.

use constant SECONDS => 4;

# One name server that does not answer must not take all the time.
$ENV{RES_OPTIONS} = 'timeout:1 attempts:2';

sub say_once { syswrite(STDOUT, "$_[0] $_[1]\n"); POSIX::_exit(0) }

sub reach {
  my ($number, $host, $port, $proxy_host, $proxy_port) = @_;
  my $near = $proxy_host // $host;
  my ($error, @found) = Socket::getaddrinfo($near, $proxy_port // $port, { socktype => SOCK_STREAM });
  say_once($number, 'no-name') if $error or !@found;
  my $outcome = 'silent';
  for my $address (@found) {
    socket(my $socket, $address->{family}, SOCK_STREAM, 0) or next;
    setsockopt($socket, SOL_SOCKET, SO_SNDTIMEO, pack('l!l!', 2, 0));
    setsockopt($socket, SOL_SOCKET, SO_RCVTIMEO, pack('l!l!', 2, 0));
    if (!connect($socket, $address->{addr})) {
      $outcome = 'refused' if $! == ECONNREFUSED;
      next;
    }
    say_once($number, 'open') if !defined $proxy_host;
    syswrite($socket, "CONNECT $host:$port HTTP/1.1\r\nHost: $host:$port\r\n\r\n");
    my $got = sysread($socket, my $said, 100);
    # 407: it wants a login, which is not for this program to know.
    say_once($number, 'open') if $got and $said =~ m{^HTTP/1\.\d (?:2\d\d|407)};
    $outcome = 'refused' if $got;
  }
  say_once($number, $outcome);
}

my %asked;
for (all_of('host')) {
  my ($number, $proxy_host) = @$_[0, 3];
  my $child = fork() // die "fork: $!\n";
  if (!$child) {
    $SIG{ALRM} = 'DEFAULT';
    alarm SECONDS;
    reach(@$_);
  }
  $asked{$child} = [$number, defined $proxy_host ? 'silent' : 'no-name'];
}
while ((my $child = wait()) > 0) {
  # Killed by its alarm: the name server took all the time.
  print "$asked{$child}[0] $asked{$child}[1]\n" if $? != 0;
}
