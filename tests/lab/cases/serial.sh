# The shipped serial driver finds ports by what they are, has them alone, and finds them again under another name.
serial=$BUILD_DIR/tests/lab/serial
usb_gadget relays 10c4:8a2a RIG123 2
usb_gadget console 0403:6001 C7
usb_gadget twin 0403:6001 ""

# opens WANTED KEY=VALUE ...; refuses WORDS KEY=VALUE ...
opens() { expect "open ${*:2}" "$("$serial" open "${@:2}")" "open $1"; }
refuses() {
    local said
    said=$("$serial" open "${@:2}") && fail "open ${*:2} was not refused: $said"
    case $said in *"$1"*) ;; *) fail "open ${*:2}: '$said' does not say '$1'" ;; esac
}
opens "/dev/ttyACM2 0403:6001 serial C7 at 2-1 port 0" usb_serial=C7
opens "/dev/ttyACM2 0403:6001 serial C7 at 2-1 port 0" usb=0403:6001 usb_serial=C7 baud=250000
opens "/dev/ttyACM3 0403:6001 at 3-1 port 0" usb_path=3-1
opens "/dev/ttyACM1 10c4:8a2a serial RIG123 at 1-1 port 2" usb_serial=RIG123 usb_port=2
opens "/dev/ttyACM0 10c4:8a2a serial RIG123 at 1-1 port 0" path=ttyACM0 bits=7 parity=E
mkdir by-path && ln -s /dev/ttyACM3 by-path/usb-3
opens "/dev/ttyACM3 0403:6001 at 3-1 port 0" path="$PWD/by-path/usb-3"
refuses "configuration: 2 serial ports are 0403:6001: /dev/ttyACM2" usb=0403:6001
refuses "rig: no serial port is 0403:6001 serial C8; did you mean /dev/ttyACM2 (0403:6001 serial C7 at 2-1 port 0)?" \
    usb=0403:6001 usb_serial=C8
refuses "rig: there is no /dev/ttyACM9; the serial ports of this machine are: /dev/ttyACM0" path=/dev/ttyACM9
refuses "/dev/ttyACM0 is not what is asked for; that is /dev/ttyACM2" path=ttyACM0 usb_serial=C7

# DTR and RTS as configured, and so they stay after the port was closed.
opens "/dev/ttyACM2 0403:6001 serial C7 at 2-1 port 0 dtr 0 rts 1" usb_serial=C7 dtr=0 rts=1
expect "HUPCL" "$(stty -a -F /dev/ttyACM2 | grep -o -- '-\?hupcl')" -hupcl

# watcher NAME KEY=VALUE ...: in the background, with its words in NAME and its input held open on descriptor 9.
mkfifo input
exec 9<>input
watcher() {
    "$serial" watch "${@:2}" <input >"$1" &
    wait_for 2 has_text "$1" open
}
last() { tail -n 1 "$1" | cut -d' ' -f2-; }
last_is() { # asked often: starts no process
    local -a said
    mapfile -t said <"$1"
    [ ${#said[@]} -gt 0 ] && [ "${said[-1]#* }" = "$2" ]
}
echoes() { # NAME WATCHED: what the device says is heard, and comes back
    local device word
    device=$(usb_device "$1")
    tty_raw "$device"
    exec 6<>"$device"
    echo "hello $RANDOM_WORD" >&6
    IFS= read -r -t 2 -u 6 word || fail "nothing came back to $device"
    expect "$device" "$word" "hello $RANDOM_WORD"
    wait_for 1 last_is "$2" "heard hello $RANDOM_WORD"
    exec 6>&-
}
RANDOM_WORD=$LAB_SEED
watcher by-serial usb_serial=C7
watcher by-name path=/dev/ttyACM0
watcher by-place path=/dev/ttyACM3
expect "by serial" "$(last by-serial)" "open /dev/ttyACM2"
refuses "busy: /dev/ttyACM2: another program has it" usb_serial=C7
echoes console by-serial

# Pulled out: known at once. Back, with its old number taken: found within a second, by what it is.
for name in console relays twin; do
    watched=$([ $name = console ] && echo by-serial || { [ $name = relays ] && echo by-name || echo by-place; })
    old=$(usb_host $name)
    exec 7<>"$old"
    out=$(now_us)
    usb_unplug $name
    wait_for 1 last_is $watched "gone $old"
    expect_within 0 $(($(tail -n 1 $watched | cut -d' ' -f1) - out)) 20000 "us until $name was known to be gone"
    pause 30
    usb_plug $name
    back=$(now_us)
    new=$(usb_host $name)
    [ "$new" != "$old" ] || fail "$name came back as $old"
    wait_for 2 last_is $watched "open $new"
    expect_within 0 $(($(tail -n 1 $watched | cut -d' ' -f1) - back)) 1000000 "us until $name was open again"
    echoes $name $watched
    exec 7>&-
done
