# Asks the places that packages and images come from for a few bytes each, and tells what came of it: where it was sent on to, how what came
# begins, or why nothing came. apt's own downloader asks, the very one that fetches the packages later, so that names, proxies, authorities and
# time limits are the machine's own; it takes and gives messages (apt's "method interface"). All at once, each in a process of its own. Nothing
# is left behind.

use constant {
  METHODS => '/usr/lib/apt/methods',
  # For a connection, and for an answer.
  STEP_SECONDS => 3,
  # For a source with all that it sends on to.
  SECONDS => 7,
  # How it begins is told by what has come so long after the first of it.
  BEGINNING_SECONDS => 0.5,
  # More is never taken, in units of 512 bytes.
  AT_MOST => 256,
  DETOURS => 5,
};

# One name server that does not answer must not take all the time.
$ENV{RES_OPTIONS} = 'timeout:1 attempts:2';

# The downloader's user, who has nothing else to say on the machine.
my $user = 'root';

# How apt is set up here, as it tells its downloader.
sub apt_settings {
  my @settings;
  open(my $dump, '-|', 'apt-config', 'dump') or return @settings;
  while (<$dump>) {
    my ($name, $value) = /^((?:Acquire|APT::Sandbox|Dir)(?:::\S*)?) "(.*)";$/ or next;
    push @settings, "$name=$value";
    $user = $value if $name eq 'APT::Sandbox::User' and defined getpwnam $value;
  }
  return @settings;
}
my @apt = -x METHODS . '/https' ? apt_settings() : ();

# Name and password of a proxy, of which only the address was told: they stay on the machine.
sub login_of {
  my ($proxy) = @_;
  my ($scheme, $host) = $proxy =~ m{^(\w+)://([^:/]+)} or return '';
  for my $file ('/etc/environment', glob('/etc/systemd/system.conf /etc/systemd/system.conf.d/*.conf /etc/apt/apt.conf /etc/apt/apt.conf.d/*')) {
    open(my $in, '<', $file) or next;
    while (<$in>) { return $1 if m{\b\Q$scheme\E://([^\s"'/@]+@)\Q$host\E(?=[:/\s"';]|$)} }
  }
  return '';
}

sub with_login {
  my ($proxy) = @_;
  my $login = login_of($proxy);
  $proxy =~ s{://}{://$login};
  return $proxy;
}

# Packages take the way of apt; images that of the proxy which is named, or none.
sub settings_for {
  my ($gives, $proxy) = @_;
  my @limits = map { ("Acquire::${_}::Timeout=" . STEP_SECONDS) } 'http', 'https';
  my @common = (@limits, "APT::Sandbox::User=$user");
  return (@apt, @common) if $gives eq 'packages';
  delete @ENV{qw(http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY)};
  my $way = defined $proxy ? with_login($proxy) : 'DIRECT';
  $way =~ s/^socks5:/socks5h:/;
  return (@common, map { "Acquire::${_}::Proxy=$way" } 'http', 'https');
}

sub report {
  my ($number, @words) = @_;
  my $text = join ' ', $number, @words;
  $text =~ s{://[^\s/@]*@}{://}g;
  $text =~ s/[^\x20-\x7e]+/ /g;
  syswrite(STDOUT, substr($text, 0, 500) . "\n");
}

# Where what comes is put, for a moment: in a folder that only root writes to, and that is empty after a restart, one of the downloader's user,
# who puts a new file in the place of one that is there.
my ($folder, $path);
sub place {
  $folder = (-w '/run' ? '/run' : '/tmp') . "/kmon-reach-$$";
  $path = "$folder/sample";
}
sub clean { unlink $path; rmdir $folder }

sub make_folder {
  clean();
  mkdir($folder, 0700) or die "folder: $!\n";
  chown(scalar getpwnam($user), -1, $folder) if $> == 0;
}

# Runs the downloader for one address until it is done or the time is over. What came is in the file at $path.
sub download {
  my ($url, $until, @settings) = @_;
  my $scheme = $url =~ /^http:/ ? 'http' : 'https';
  pipe(my $from, my $answers) or die "pipe: $!\n";
  pipe(my $questions, my $to) or die "pipe: $!\n";
  my $pid = fork() // die "fork: $!\n";
  if (!$pid) {
    open(STDIN, '<&', $questions);
    open(STDOUT, '>&', $answers);
    open(STDERR, '>', '/dev/null');
    close $_ for $from, $to;
    exec('/bin/sh', '-c', 'ulimit -f "$1"; exec "$2"', 'sh', AT_MOST, METHODS . "/$scheme") or POSIX::_exit(1);
  }
  close $_ for $questions, $answers;
  syswrite($to, join("\n", '601 Configuration', (map { "Config-Item: $_" } @settings), '', "600 URI Acquire", "URI: $url", "Filename: $path", '', ''));
  my ($heard, %end) = ('');
  while (!$end{code} and (my $left = $until - now()) > 0) {
    vec(my $read = '', fileno $from, 1) = 1;
    next if select($read, undef, undef, $left) <= 0;
    sysread($from, $heard, 65536, length $heard) or last;
    while ($heard =~ s/^\s*(\d+) [^\n]*\n(.*?)\n\n//s) {
      my ($code, %field) = ($1, map { /^([\w-]+): (.*)$/ ? ($1, $2) : () } split /\n/, $2);
      if ($code == 200) { $end{began} = 1; $until = now() + BEGINNING_SECONDS if $until > now() + BEGINNING_SECONDS }
      %end = (code => $code, %field) if $code =~ /^(?:103|201|400|401)$/;
    }
  }
  $end{code} //= 201 if $end{began};
  kill 'KILL', $pid;
  waitpid($pid, 0);
  return %end;
}

sub beginning {
  # Whoever speaks to the world may not make root read something else.
  sysopen(my $file, $path, Fcntl::O_RDONLY() | Fcntl::O_NOFOLLOW()) or return 'other';
  sysread($file, my $text, 4096) // return 'other';
  return $text =~ /BEGIN PGP PUBLIC KEY BLOCK/ ? 'key'
    : $text =~ /BEGIN PGP SIGNED MESSAGE/ ? 'release'
    : $text =~ /<!doctype html|<html/i ? 'page'
    : 'other';
}

# --- Who has signed the certificate that is shown for a name. The downloader does not tell. TLS 1.2 shows it in the clear: only the first
# words of a handshake are said, nothing is trusted.

sub base64 {
  my $text = pack('u', $_[0]);
  $text =~ s/^.//mg;
  $text =~ tr{` -_\n}{AA-Za-z0-9+/}d;
  my $over = -length($_[0]) % 3;
  substr($text, -$over) = '=' x $over if $over;
  return $text;
}

sub connection {
  my ($host, $port, $proxy) = @_;
  my ($near, $near_port) = ($host, $port);
  ($near, $near_port) = $proxy =~ m{^http://(?:[^@/]*@)?([^:/]+)(?::(\d+))?} if defined $proxy;
  my ($error, @found) = Socket::getaddrinfo($near // '', $near_port // 80, { socktype => SOCK_STREAM });
  for my $address (@found) {
    socket(my $socket, $address->{family}, SOCK_STREAM, 0) or next;
    setsockopt($socket, SOL_SOCKET, $_, pack('l!l!', 2, 0)) for SO_SNDTIMEO, SO_RCVTIMEO;
    connect($socket, $address->{addr}) or next;
    return $socket if !defined $proxy;
    my ($login) = $proxy =~ m{^http://([^@/]*)@};
    my $authorization = '';
    if (defined $login) {
      $login =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
      $authorization = 'Proxy-Authorization: Basic ' . base64($login) . "\r\n";
    }
    syswrite($socket, "CONNECT $host:$port HTTP/1.1\r\nHost: $host:$port\r\n$authorization\r\n");
    my $said = '';
    while ($said !~ /\r?\n\r?\n/) { sysread($socket, $said, 1, length $said) or return }
    return $said =~ m{^HTTP/1\.\d 2} ? $socket : undef;
  }
  return;
}

sub hello {
  my ($host) = @_;
  my $extension = sub { pack('n n/a*', $_[0], $_[1]) };
  my $extensions = join '',
    $extension->(0, pack('n/a*', pack('C n/a*', 0, $host))),
    $extension->(10, pack('n/a*', pack('n*', 29, 23, 24))),
    $extension->(11, pack('C/a*', pack('C', 0))),
    $extension->(13, pack('n/a*', pack('n*', 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0603)));
  my @ciphers = (0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035);
  my $body = pack('n a32 C', 0x0303, join('', map { chr int rand 256 } 1 .. 32), 0)
    . pack('n/a*', pack('n*', @ciphers)) . pack('C/a*', "\0") . pack('n/a*', $extensions);
  my $handshake = pack('C C n', 1, 0, length $body) . $body;
  return pack('C n n/a*', 22, 0x0301, $handshake);
}

# The first certificate of the chain, as it came.
sub certificate {
  my ($socket, $host) = @_;
  syswrite($socket, hello($host));
  my ($raw, $handshake) = ('', '');
  while (length $raw < 131072) {
    while ($raw =~ /^(.)..(..)/s and length $raw >= 5 + unpack('n', $2)) {
      my ($type, $length) = (ord $1, unpack('n', $2));
      return if $type != 22;
      $handshake .= substr($raw, 5, $length);
      substr($raw, 0, 5 + $length) = '';
    }
    my $at = 0;
    while (length $handshake >= $at + 4) {
      my ($type, $high, $low) = unpack("x$at C C n", $handshake);
      my $length = $high * 65536 + $low;
      last if length $handshake < $at + 4 + $length;
      if ($type == 11) {
        my ($top, $rest) = unpack('x' . ($at + 7) . ' C n', $handshake);
        return substr($handshake, $at + 10, $top * 65536 + $rest);
      }
      $at += 4 + $length;
    }
    sysread($socket, $raw, 16384, length $raw) or return;
  }
  return;
}

# One element of DER at a place: its tag, where its content begins, and where it ends.
sub element {
  my ($der, $at) = @_;
  my ($tag, $length) = unpack("x$at C C", $der);
  my $from = $at + 2;
  if ($length & 0x80) {
    my $bytes = $length & 0x7f;
    $length = 0;
    $length = $length * 256 + ord substr($der, $from++, 1) for 1 .. $bytes;
  }
  return ($tag, $from, $from + $length);
}

# Common name and organisation of who signed it.
sub issuer {
  my ($der) = @_;
  my (undef, $whole) = element($der, 0);
  my (undef, $at) = element($der, $whole);
  my ($tag, undef, $end) = element($der, $at);
  ($at) = ($end) if $tag == 0xa0;
  # Its number, and how it is signed.
  for (1 .. 2) { (undef, undef, $at) = element($der, $at) }
  my (undef, $from, $until) = element($der, $at);
  my $name = substr($der, $from, $until - $from);
  my %part;
  while ($name =~ /\x06\x03\x55\x04([\x03\x0a])/g) {
    my $place = pos $name;
    my (undef, $begin, $over) = element($name, $place);
    $part{ ord $1 } = substr($name, $begin, $over - $begin);
  }
  return join ', ', grep { defined and length } @part{ 3, 10 };
}

sub signer {
  my ($url, $proxy) = @_;
  my ($host, $port) = $url =~ m{^https://([^:/]+)(?::(\d+))?} or return '';
  my $socket = connection($host, $port // 443, $proxy) or return '';
  my $certificate = certificate($socket, $host) // return '';
  return eval { issuer($certificate) } // '';
}

# --- all of it
sub ask {
  my ($number, $gives, $url, $proxy) = @_;
  my $until = now() + SECONDS;
  my @settings = settings_for($gives, $proxy);
  for my $detour (0 .. DETOURS) {
    make_folder();
    my %end = download($url, $until, @settings);
    my $code = $end{code} // 0;
    if ($code == 103 and $detour < DETOURS) { $url = $end{'New-URI'}; report($number, 'sent', $url); next }
    if ($code == 201) { report($number, 'got', beginning()); return }
    if ($code == 400) {
      my $why = $end{Message} // '';
      report($number, 'failed', $end{FailReason} // '-', $why);
      return if $why !~ /certificate verif/i;
      report($number, 'signer', signer($url, defined $proxy ? with_login($proxy) : undef));
      # A registry sends nobody who comes without TLS to another site; a network that wants a login first does.
      if ($url =~ m{^https(://[^:/]+/v2/)$}) {
        make_folder();
        my %door = download("http$1", now() + STEP_SECONDS, @settings);
        report($number, 'door', $door{'New-URI'}) if ($door{code} // 0) == 103;
      }
      return;
    }
    return report($number, now() < $until ? 'broken' : 'late');
  }
}

if (!@apt) { print "no-apt\n"; exit 0 }
for (all_of('source')) {
  my $child = fork() // die "fork: $!\n";
  next if $child;
  # Whatever happens, it ends, and takes away what it has made.
  place();
  $SIG{$_} = sub { clean(); POSIX::_exit(1) } for qw(ALRM HUP INT TERM);
  alarm SECONDS + 5;
  eval { ask(@$_) };
  clean();
  POSIX::_exit(0);
}
1 while wait() > 0;
