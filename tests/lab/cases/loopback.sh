# TCP and Unix sockets, pseudo-terminals and locks work inside the guest.
perl -MIO::Socket::INET -MIO::Socket::UNIX -e '
    sub crosses {
        my ($what, $listener, $peer) = @_;
        defined $listener or die "$what: no listener: $!";
        my $child = fork;
        if ($child == 0) { my $caller = $peer->() or die "$what: no connection: $!"; print $caller "over $what\n"; exit 0 }
        my $got = $listener->accept->getline;
        waitpid $child, 0;
        $got eq "over $what\n" or die "$what: got $got";
    }
    crosses("tcp", IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 502, Listen => 1),
        sub { IO::Socket::INET->new("127.0.0.1:502") });
    for my $path ("$ENV{LAB_DIR}/socket", "$ENV{XDG_RUNTIME_DIR}/socket") {
        crosses("unix", IO::Socket::UNIX->new(Local => $path, Listen => 1), sub { IO::Socket::UNIX->new(Peer => $path) });
    }
'
perl -e '
    use Fcntl qw(:DEFAULT :flock);
    sysopen my $master, "/dev/ptmx", O_RDWR | O_NOCTTY or die "ptmx: $!";
    my $number = pack "I", 0;
    ioctl $master, 0x40045431, $number or die "unlock: $!";
    ioctl $master, 0x80045430, $number or die "number: $!";
    -c "/dev/pts/" . unpack("I", $number) or die "no pty";
    open my $first, ">", "lock" or die;
    flock $first, LOCK_EX | LOCK_NB or die "first lock: $!";
    open my $second, ">", "lock" or die;
    flock $second, LOCK_EX | LOCK_NB and die "two hold one lock";
    close $first;
    flock $second, LOCK_EX | LOCK_NB or die "a closed file still locks";
'
