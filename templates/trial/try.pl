# Tries the way to every peer: TCP connections to their ports, echoes over UDP, and the largest packet that comes through and back.
# All peers at once; ends when everything has answered, or when nothing more can come.

use constant {
  CONNECT_SECONDS => 2.5,
  # On a network that loses packets one attempt says nothing: each of these is a connection of its own.
  ATTEMPTS => [0, 0.6, 1.1, 1.6],
  ECHO_SECONDS => 1.2,
  ECHO_LENGTH => 48,
  # IPv4 and UDP headers.
  HEADERS => 28,
  HIGHEST => 1500,
  LOWEST => 1280,
  GRID => 16,
  # Packets with addresses of pods. By then the machines know each other's link address, of what else is tried.
  FOREIGN_AT => [0.2, 0.35, 0.5, 0.65, 0.8],
  # When nothing has got through by then, a port that nobody needs in the workshop is tried: does the machine answer at all?
  LAST_RESORT_SECONDS => 1.2,
};

my $me = one_of('me');
my $count = one_of('packets') // 50;
my $spacing = (one_of('spacing') // 20) / 1000;
my $began = now();

# --- TCP
my (@trials, %connecting);
for (all_of('tcp')) {
  my ($peer, $address, $port) = @$_;
  push @trials, { peer => $peer, to => pack_sockaddr_in($port, inet_aton($address)), port => $port, next => 0 };
}
for (all_of('ssh')) {
  my ($peer, $address, $port) = @$_;
  my $to = pack_sockaddr_in($port, inet_aton($address));
  push @trials, { peer => $peer, to => $to, port => $port, next => 2, last_resort => 1 };
}

# The machine has answered on some port: closed or rejected is an answer, too.
my %alive;

sub decide {
  my ($trial, $outcome, $rtt) = @_;
  $trial->{outcome} //= $outcome;
  $trial->{rtt} //= $rtt;
  $alive{ $trial->{peer} } = 1 if $outcome eq 'open' or $outcome eq 'refused';
}

sub failure_of {
  my ($error, $after) = @_;
  return 'refused' if $error == ECONNREFUSED;
  # At once it is an answer (a firewall that rejects); after a while nobody knew the address.
  return $after < 0.5 ? 'refused' : undef if $error == EHOSTUNREACH;
  return 'no-route' if $error == ENETUNREACH;
  return 'barred' if $error == EPERM or $error == EACCES;
  return undef;
}

sub attempt {
  my ($trial) = @_;
  $trial->{next}++;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or return;
  unblock($socket);
  my $start = now();
  if (connect($socket, $trial->{to})) { decide($trial, 'open', now() - $start); close $socket; return }
  if ($! != EINPROGRESS) { my $why = failure_of($!, 0); decide($trial, $why) if $why; close $socket; return }
  $connecting{ fileno $socket } = { socket => $socket, trial => $trial, start => $start };
}

sub finish {
  my ($fd) = @_;
  my $c = delete $connecting{$fd};
  my $after = now() - $c->{start};
  my $error = unpack('i', getsockopt($c->{socket}, SOL_SOCKET, SO_ERROR));
  close $c->{socket};
  if (!$error) { decide($c->{trial}, 'open', $after); return }
  local $! = $error;
  my $why = failure_of($error, $after);
  decide($c->{trial}, $why) if $why;
}

# --- UDP
my (%peer_of, @peers);
for (all_of('udp')) {
  my ($number, $address, $port) = @$_;
  my $peer = {
    number => $number, to => pack_sockaddr_in($port, inet_aton($address)), sent => 0, times => [], sentAt => [], got => '',
    best => 0, round => 0, due => 0, plan => [],
  };
  push @peers, $peer;
  $peer_of{ $peer->{to} } = $peer;
}

sub udp_socket {
  socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
  unblock($socket);
  widen($socket);
  return $socket;
}
my $echo = udp_socket();
since_arrival($echo);
my $sizes = udp_socket();
setsockopt($sizes, IPPROTO_IP, IP_MTU_DISCOVER, pack('i', IP_PMTUDISC_PROBE));

sub packet {
  my ($kind, $number, $length) = @_;
  my $head = pack('a16 A1 x1 n n', $raw_token, $kind, $me, $number);
  return $head . ("\0" x ($length - length $head));
}

sub send_echoes {
  for my $peer (@peers) {
    my $number = $peer->{sent};
    next if $number >= $count;
    $peer->{sent}++;
    $peer->{sentAt}[$number] = now();
    send($echo, packet('E', $number, ECHO_LENGTH), 0, $peer->{to})
      or do { $peer->{barred}++ if $! == EPERM or $! == EACCES };
  }
}

sub hear_echoes {
  while (defined(my $from = recv($echo, my $packet, 2048, 0))) {
    my $peer = $peer_of{$from} or next;
    next if length $packet < 28 or substr($packet, 0, 16) ne $raw_token or substr($packet, 16, 1) ne 'e';
    my $number = unpack('x20 n', $packet);
    next if vec($peer->{got}, $number, 1) or !defined $peer->{sentAt}[$number];
    vec($peer->{got}, $number, 1) = 1;
    $alive{ $peer->{number} } = 1;
    # On the way alone: what programs took to hear of it, here and there, is not counted.
    my $taken = now() - $peer->{sentAt}[$number] - since_arrival($echo) - unpack('x24 N', $packet) / 1e6;
    push @{ $peer->{times} }, $taken > 0 ? $taken : 0;
  }
}

# The largest packet: first the usual size some times over; only when none of them comes back all sizes of a grid, then all between the
# two around the truth. No size is given up after one packet.
my @ROUNDS = (
  { at => [0, 0.1, 0.25, 0.4, 0.6], wait => 1.0 },
  { at => [0, 0.1, 0.25], wait => 0.9 },
  { at => [0, 0.1, 0.25], wait => 0.9 },
);

sub sizes_of {
  my ($peer) = @_;
  return HIGHEST if $peer->{round} == 0;
  return map { LOWEST + GRID * $_ } 0 .. int((HIGHEST - LOWEST) / GRID) if $peer->{round} == 1;
  return grep { $_ <= HIGHEST } $peer->{best} + 1 .. $peer->{best} + GRID - 1;
}

sub plan_sizes {
  my ($peer) = @_;
  my $start = now();
  my $round = $ROUNDS[ $peer->{round} ];
  $peer->{roundEnd} = $start + $round->{wait} + $round->{at}[-1];
  $peer->{plan} = [map { my $at = $_; map { [$start + $at, $_] } sizes_of($peer) } @{ $round->{at} }];
}

sub send_sizes {
  my ($peer) = @_;
  return 0 if $peer->{sized};
  plan_sizes($peer) if !defined $peer->{roundEnd};
  my $now = now();
  while (@{ $peer->{plan} } and $peer->{plan}[0][0] <= $now) {
    my $size = (shift @{ $peer->{plan} })->[1];
    # Too large for the own link: it fails here, and is as lost as any other.
    send($sizes, packet('M', $size, $size - HEADERS), 0, $peer->{to});
  }
  if ($peer->{best} == HIGHEST) { $peer->{sized} = 1 }
  elsif ($now >= $peer->{roundEnd}) {
    # Nothing answers at all: there is no size to look for.
    my $silent = $peer->{round} == 0 && !@{ $peer->{times} };
    my $nothing = $peer->{round} >= 1 && $peer->{best} == 0;
    if ($silent or $nothing or ++$peer->{round} >= @ROUNDS) { $peer->{sized} = 1 }
    else { $peer->{roundEnd} = undef; return send_sizes($peer) }
  }
  return !$peer->{sized};
}

sub hear_sizes {
  while (defined(my $from = recv($sizes, my $packet, 2048, 0))) {
    my $peer = $peer_of{$from} or next;
    next if length $packet < 24 or substr($packet, 0, 16) ne $raw_token or substr($packet, 16, 1) ne 'm';
    my $size = length($packet) + HEADERS;
    $peer->{best} = $size if $size > $peer->{best};
  }
}

# --- What pods would send past each other's machines: neither address is one of a machine. To the link address of the peer, as by a route by way of
# it, and at its end there: whoever gets it passes it on to nobody.
my @foreign;
my $link = all_of('foreign') ? link_socket() : undef;
for ($link ? all_of('foreign') : ()) {
  my ($number, $device, $address, $from, $to) = @$_;
  open(my $file, '<', "/sys/class/net/$device/ifindex") or next;
  my $index = 0 + <$file>;
  push @foreign, {
    number => $number, device => $device, address => $address, from => $from, to => $to, index => $index, next => 0, sent => 0,
  };
}

# By device and address: the link address of who answers there.
sub neighbours {
  my %known;
  open(my $file, '<', '/proc/net/arp') or return {};
  while (my $line = <$file>) {
    my ($address, undef, $flags, $mac, undef, $device) = split ' ', $line;
    next if ($mac // '') !~ /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/ or !(hex($flags) & 2);
    $known{"$device $address"} = pack('H2' x 6, split /:/, $mac);
  }
  return \%known;
}

sub checksum {
  my $sum = 0;
  $sum += $_ for unpack('n*', $_[0]);
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return ~$sum & 0xffff;
}

sub foreign_packet {
  my ($f) = @_;
  my $payload = packet('F', $f->{next}, 64);
  my $udp = pack('n n n n', FOREIGN_PORT, FOREIGN_PORT, 8 + length $payload, 0) . $payload;
  my @head = (0x45, 0, 20 + length $udp, 0, 0x4000, 1, 17, 0, inet_aton($f->{from}), inet_aton($f->{to}));
  $head[7] = checksum(pack('C C n n n C C n a4 a4', @head));
  return pack('C C n n n C C n a4 a4', @head) . $udp;
}

# Whether there is more to be sent.
sub send_foreign {
  my ($after) = @_;
  my $known;
  for my $f (@foreign) {
    my $at = FOREIGN_AT->[ $f->{next} ];
    next if !defined $at or $after < $at;
    $known //= neighbours();
    my $mac = $known->{"$f->{device} $f->{address}"};
    if ($mac) {
      $f->{direct} = 1;
      my $where = pack('S n i S C C a8', PF_PACKET, ETH_P_IP, $f->{index}, 0, 0, 6, $mac);
      $f->{sent}++ if send($link, foreign_packet($f), 0, $where);
    }
    $f->{next}++;
  }
  return grep { $_->{next} < @{ +FOREIGN_AT } } @foreign;
}

# --- all of it
my $next_echo = $began;
my $last_echo = $began;
while (1) {
  my $now = now();
  my $busy = send_foreign($now - $began) ? 1 : 0;
  for my $trial (@trials) {
    next if defined $trial->{outcome} or $trial->{needless};
    $busy = 1 if !$trial->{last_resort} or !$alive{ $trial->{peer} };
    if ($trial->{last_resort} and $trial->{next} == 2) {
      next if $now - $began < LAST_RESORT_SECONDS;
      if ($alive{ $trial->{peer} }) { $trial->{needless} = 1; next }
    }
    my $at = ATTEMPTS->[ $trial->{next} ];
    if (defined $at and $now - $began >= $at) { attempt($trial) }
    decide($trial, 'silent') if $now - $began >= CONNECT_SECONDS;
  }
  if ($now >= $next_echo and grep { $_->{sent} < $count } @peers) {
    send_echoes();
    $last_echo = $now;
    $next_echo += $spacing;
    # After a pause that the scheduler made: no burst to catch up.
    $next_echo = $now if $next_echo < $now;
  }
  for my $peer (@peers) {
    $busy = 1 if send_sizes($peer);
    $busy = 1 if $peer->{sent} < $count;
    $busy = 1 if @{ $peer->{times} } < $count and $now - $last_echo < ECHO_SECONDS;
  }
  last if !$busy;
  my ($read, $write) = ('', '');
  vec($read, fileno $echo, 1) = 1;
  vec($read, fileno $sizes, 1) = 1;
  for my $fd (keys %connecting) {
    if (defined $connecting{$fd}{trial}{outcome}) { close $connecting{$fd}{socket}; delete $connecting{$fd}; next }
    vec($write, $fd, 1) = 1;
  }
  my $ready = select($read, $write, undef, 0.01);
  next if $ready <= 0;
  hear_echoes() if vec($read, fileno $echo, 1);
  hear_sizes() if vec($read, fileno $sizes, 1);
  for my $fd (keys %connecting) { finish($fd) if vec($write, $fd, 1) }
}

sub microseconds { return int($_[0] * 1e6 + 0.5) }

for my $trial (@trials) {
  next if !defined $trial->{outcome};
  my $outcome = $trial->{outcome} eq 'barred' ? 'silent' : $trial->{outcome};
  print "tcp $trial->{peer} $trial->{port} $outcome ", defined $trial->{rtt} ? microseconds($trial->{rtt}) : '-', "\n";
}
for my $peer (@peers) {
  my @times = sort { $a <=> $b } @{ $peer->{times} };
  my $median = @times ? microseconds($times[ $#times / 2 ]) : '-';
  print "echo $peer->{number} $peer->{sent} ", scalar @times, " $median $peer->{best}\n";
}
for my $f (@foreign) { print "foreign $f->{number} $f->{sent} ", $f->{direct} ? 'direct' : 'unknown', "\n" }
