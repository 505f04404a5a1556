# Opens the ports that are free, says which, and leaves a process behind that answers until it is stopped or its time is over.

my $deadline = one_of('deadline');
my $address = inet_aton(one_of('address'));
my %room = map { (inet_aton($_->[0]) => 1) } all_of('room');

# A second start (the connection broke after the first) gets the first one's answer.
socket(my $control, PF_UNIX, SOCK_STREAM, 0) or die "control socket: $!\n";
if (!bind($control, door())) {
  die "control socket: $!\n" if $! != EADDRINUSE;
  connect($control, door()) or die "control socket: $!\n";
  syswrite($control, "$token opened\n");
  while (sysread($control, my $answer, 65536)) { print $answer }
  exit 0;
}
listen($control, 8) or die "control socket: $!\n";

sub open_port {
  my ($protocol, $port) = @_;
  for my $where ($address, INADDR_ANY) {
    socket(my $socket, PF_INET, $protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM, 0) or return (undef, "$!");
    # After a trial the closed connections linger for a minute. Not for UDP: there it would share the port with its owner.
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, pack('i', 1)) if $protocol eq 'tcp';
    if (bind($socket, pack_sockaddr_in($port, $where)) and ($protocol eq 'udp' or listen($socket, 1024))) {
      unblock($socket);
      return $socket;
    }
    # The address of kmon.yaml may not be the machine's own.
    return (undef, $! == EADDRINUSE ? 'held' : 'failed') if $! != EADDRNOTAVAIL;
  }
  return (undef, 'failed');
}

my (%tcp, %udp);
my $opened = '';
for (all_of('port')) {
  my ($protocol, $port) = @$_;
  my ($socket, $why) = open_port($protocol, $port);
  $opened .= "port $protocol $port " . ($socket ? 'opened' : $why) . "\n";
  next if !$socket;
  if ($protocol eq 'tcp') { $tcp{ fileno $socket } = $socket; next }
  widen($socket);
  setsockopt($socket, IPPROTO_IP, IP_MTU_DISCOVER, pack('i', IP_PMTUDISC_PROBE));
  since_arrival($socket);
  $udp{ fileno $socket } = $socket;
}

# What pods would send has other addresses than the machines: it is looked at as it comes from the link, before anything here judges it.
my $tap;
if (one_of('foreign')) {
  $tap = link_socket();
  if ($tap) {
    # UDP to that port alone, and no later part of a packet; the rest costs this program nothing then.
    my $filter = join '', map { pack('S C C L', @$_) } (
      [0x30, 0, 0, 9], [0x15, 0, 6, 17], [0x28, 0, 0, 6], [0x45, 4, 0, 0x1fff], [0xb1, 0, 0, 0],
      [0x48, 0, 0, 2], [0x15, 0, 1, FOREIGN_PORT], [0x06, 0, 0, 0xffff], [0x06, 0, 0, 0],
    );
    $tap = undef if !setsockopt($tap, SOL_SOCKET, SO_ATTACH_FILTER, pack('S x![P] P', 9, $filter));
  }
  $opened .= 'tap ' . ($tap ? 'opened' : 'failed') . "\n";
}

my $child = fork() // die "fork: $!\n";
if ($child) {
  print "pid $child\n$opened";
  exit 0;
}
$opened = "pid $$\n$opened";
$0 = 'kmon-probe ' . one_of('id');
POSIX::setsid();
$SIG{HUP} = 'IGNORE';
# By the kernel and not by the loop below: whatever happens here, it ends.
$SIG{ALRM} = 'DEFAULT';
alarm $deadline;
open(STDIN, '<', '/dev/null');
open(STDOUT, '>', '/dev/null');
open(STDERR, '>', '/dev/null');

my %seen;       # by the sender's number: which of its packets came, as bits
my %largest;    # by the sender's number: its largest packet that came
my %open;       # TCP connections, by file number
my %asking;     # connections to the control socket
my %foreign;    # by the sender's number: which of its packets with addresses of pods came, as bits

sub from_room { my ($port, $peer) = unpack_sockaddr_in($_[0]); return $room{$peer} }

# A question is token, kind, sender's number, number of the packet, filling. An answer is the same with the kind in small letters, which is
# no question: it is never larger, goes to the room's addresses only, and two listeners never answer each other. An echo's also says for how
# many microseconds it lay here unread.
sub answer {
  my ($socket) = @_;
  for (1 .. 200) {
    my $from = recv($socket, my $packet, 2048, 0);
    return if !defined $from;
    next if length $packet < 24 or substr($packet, 0, 16) ne $raw_token or !from_room($from);
    my ($kind, $sender, $number) = unpack('x16 A1 x1 n n', $packet);
    if ($kind eq 'E') { vec($seen{$sender} //= '', $number, 1) = 1 }
    elsif ($kind eq 'M') { $largest{$sender} = $number if $number > ($largest{$sender} // 0) }
    else { next }
    substr($packet, 16, 1) = lc $kind;
    substr($packet, 24, 4) = pack('N', since_arrival($socket) * 1e6) if $kind eq 'E' and length $packet >= 28;
    send($socket, $packet, 0, $from);
  }
}

sub see_foreign {
  for (1 .. 200) {
    return if !defined recv($tap, my $packet, 2048, 0);
    my $payload = substr($packet, 4 * (ord($packet) & 15) + 8);
    next if length $payload < 24 or substr($payload, 0, 16) ne $raw_token;
    my ($kind, $sender, $number) = unpack('x16 A1 x1 n n', $payload);
    vec($foreign{$sender} //= '', $number, 1) = 1 if $kind eq 'F';
  }
}

sub report {
  my $text = '';
  for my $sender (sort { $a <=> $b } keys %{ { %seen, %largest } }) {
    my $count = unpack('%32b*', $seen{$sender} // '');
    $text .= "arrived $sender $count " . ($largest{$sender} // 0) . "\n";
  }
  for my $sender (sort { $a <=> $b } keys %foreign) {
    $text .= "foreign $sender " . unpack('%32b*', $foreign{$sender}) . "\n";
  }
  return $text;
}

my $filling = 'x' x 65536;

# A connection speaks only when its first line knows the token: "TOKEN up|down SECONDS BYTES_PER_SECOND".
sub serve {
  my ($c) = @_;
  my $got = sysread($c->{socket}, my $bytes, 65536);
  if (!defined $got) { $c->{over} = 1 if $! != EAGAIN and $! != EINTR; return }
  if ($got == 0) { $c->{over} = 1; return }
  if ($c->{way}) { $c->{bytes} += $got; return }
  $c->{line} .= $bytes;
  my $end = index($c->{line}, "\n");
  if ($end < 0) { $c->{over} = 1 if length $c->{line} > 100; return }
  my ($said, $way, $seconds, $pace) = split / /, substr($c->{line}, 0, $end);
  if (($said // '') ne $token) { $c->{over} = 1; return }
  $c->{way} = $way;
  $c->{began} = now();
  $c->{until} = now() + $seconds;
  $c->{pace} = $pace;
  $c->{bytes} = $way eq 'up' ? length($c->{line}) - $end - 1 : 0;
}

sub feed {
  my ($c) = @_;
  while ($c->{bytes} < $c->{pace} * (now() - $c->{began}) + 65536) {
    my $put = syswrite($c->{socket}, $filling);
    if (!defined $put) { $c->{over} = 1 if $! != EAGAIN and $! != EINTR; return }
    $c->{bytes} += $put;
  }
}

sub accept_all {
  my ($listening) = @_;
  while (my $from = accept(my $socket, $listening)) {
    next if !from_room($from);
    unblock($socket);
    # What is left in a full buffer when the time is over would flow on for seconds.
    setsockopt($socket, SOL_SOCKET, SO_SNDBUF, pack('i', 262144));
    setsockopt($socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
    $open{ fileno $socket } = { socket => $socket, line => '', until => now() + 5 };
  }
}

sub obey {
  my ($socket) = @_;
  my $got = sysread($socket, my $said, 200);
  delete $asking{ fileno $socket };
  if (!$got or $said !~ /^\Q$token\E (opened|stop)\n/) { close $socket; return }
  syswrite($socket, $1 eq 'opened' ? $opened : report());
  exit 0 if $1 eq 'stop';
  close $socket;
}

unblock($control);
my $end = now() + $deadline;
while (now() < $end) {
  my $now = now();
  my $wait = 1;
  my ($read, $write) = ('', '');
  vec($read, $_, 1) = 1 for keys %tcp, keys %udp, keys %asking, fileno $control;
  vec($read, fileno $tap, 1) = 1 if $tap;
  for my $fd (keys %open) {
    my $c = $open{$fd};
    if ($c->{over} or $now >= $c->{until}) {
      if (($c->{way} // '') eq 'up' and !$c->{over}) {
        syswrite($c->{socket}, sprintf("%d %.6f\n", $c->{bytes}, $now - $c->{began}));
        setsockopt($c->{socket}, SOL_SOCKET, SO_LINGER, pack('ii', 0, 0));
        shutdown($c->{socket}, 1);
        # The other side closes when it has read this.
        $c->{way} = 'told';
        $c->{until} = $now + 2;
      } else {
        close $c->{socket};
        delete $open{$fd};
        next;
      }
    }
    vec($read, $fd, 1) = 1;
    if (($c->{way} // '') eq 'down') {
      if ($c->{bytes} < $c->{pace} * ($now - $c->{began}) + 65536) { vec($write, $fd, 1) = 1 }
      else { $wait = 0.005 }
    }
    my $left = $c->{until} - $now;
    $wait = $left if $left < $wait;
  }
  my $ready = select(my $r = $read, my $w = $write, undef, $wait > 0 ? $wait : 0);
  next if $ready <= 0;
  see_foreign() if $tap and vec($r, fileno $tap, 1);
  for my $fd (keys %udp) { answer($udp{$fd}) if vec($r, $fd, 1) }
  for my $fd (keys %open) {
    serve($open{$fd}) if vec($r, $fd, 1);
    feed($open{$fd}) if vec($w, $fd, 1) and !$open{$fd}{over};
  }
  for my $fd (keys %asking) { obey($asking{$fd}) if vec($r, $fd, 1) }
  for my $fd (keys %tcp) { accept_all($tcp{$fd}) if vec($r, $fd, 1) }
  if (vec($r, fileno $control, 1) and accept(my $socket, $control)) {
    $asking{ fileno $socket } = $socket;
  }
}
