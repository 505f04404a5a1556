# Stops the listener of this id and prints what it counted. Ends when its process is gone.

socket(my $control, PF_UNIX, SOCK_STREAM, 0) or die "control socket: $!\n";
$SIG{ALRM} = sub { die "slow\n" };
eval {
  alarm 5;
  connect($control, door()) or die "gone\n";
  syswrite($control, "$token stop\n");
  while (sysread($control, my $answer, 65536)) { print $answer }
  alarm 0;
};
alarm 0;

# By its own name and number: another process may have the number by now.
my $pid = one_of('pid');
my $name = 'kmon-probe ' . one_of('id');
sub there {
  open(my $file, '<', "/proc/$pid/cmdline") or return 0;
  local $/;
  return index(<$file> // '', $name) == 0;
}
if (defined $pid) {
  for my $tick (1 .. 100) {
    last if !there();
    kill 'KILL', $pid if $tick > 50;
    select(undef, undef, undef, 0.02);
  }
}
print there() ? "stopped no\n" : "stopped yes\n" if defined $pid;
