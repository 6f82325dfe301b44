# A boot that hangs, panics or ends without a status fails, and leaves nothing running.
# where: host

# boot NAME STATUS [OPTION ...]: boots what standard input says and looks at the exit status and at what is left over.
boot() {
    local name=$1 wanted=$2 got=0
    shift 2
    mkdir "$name"
    cat >"$name/init"
    "$LAB_ROOT/tests/lab/boot" --core "$LAB_CORE" --kernel "$LAB_KERNEL" "$@" "$LAB_DIR/$name" "$LAB_DIR/$name/init" || got=$?
    [ "$got" = "$wanted" ] || fail "$name: exit status $got, wanted $wanted: $(cat "$name/console.txt")"
    no_guest "$name"
}

no_guest() { ! grep -lqsz "^init=$LAB_DIR/$1/start" /proc/[0-9]*/cmdline || fail "$1: a process is left"; }
fail() { echo "FAILED: $*"; exit 1; }

boot good 0 --keep <<<'[ "$PWD" = "$LAB_DIR" ]; echo kept >file'
[ "$(cat good/file good/status)" = $'kept\n0' ] || fail "what a guest writes does not stay"
boot private 0 <<<'echo lab >/tmp/hilrig-lab-probe; ln -s /tmp /run/hilrig-lab-probe; sleep 1000'
[ ! -e private ] || fail "the folder of a good boot stays without --keep"
[ ! -e /tmp/hilrig-lab-probe ] && [ ! -L /run/hilrig-lab-probe ] || fail "a guest reached this machine's /tmp or /run"
boot bad 1 <<<'fail "on purpose"'
grep -q '^FAILED at init:1: on purpose' bad/console.txt || fail "no place was named"
boot wrong 7 <<<'(exit 7); echo never'
boot busy 124 --time-limit 1 <<<'while :; do :; done'
boot asleep 124 --time-limit 1 <<<'sleep 1000000000 & (trap "" TERM INT; while :; do sleep 1; done)'
boot dies 125 <<<'perl -e "syscall(169, 0xfee1dead, 672274793, 0x4321fedc, 0)"'
boot panics 125 <<<'echo 2 >/proc/sys/vm/panic_on_oom; small_disk /tmp/large 1000000; dd if=/dev/zero of=/tmp/large/file bs=1M; sleep 1'
grep -q 'Kernel panic' panics/console.txt || fail "that was no panic"

# A boot that is told to end takes its guest along.
mkdir told
echo 'echo up; while :; do :; done' >told/init
"$LAB_ROOT/tests/lab/boot" --core "$LAB_CORE" --kernel "$LAB_KERNEL" "$LAB_DIR/told" "$LAB_DIR/told/init" &
until grep -qs up told/console.txt; do sleep 0.05; done
kill -TERM $!
wait $! || true
no_guest told
