# A composite USB device carries bytes both ways and comes back under another name after it was pulled out.
usb_gadget relays 10c4:8a2a RIG123 3
usb_gadget console 0403:6001 C7

# crosses NAME PORT: a word each way, between the rig's side and the device's.
crosses() {
    local host device word
    host=$(usb_host "$1" "$2")
    device=$(usb_device "$1" "$2")
    tty_raw "$host" "$device"
    exec 5<>"$host" 6<>"$device"
    echo "to the device $1 $2" >&5
    IFS= read -r -t 2 -u 6 word || fail "nothing reached $device"
    expect "$device" "$word" "to the device $1 $2"
    printf 'to the rig\x00\xff\n' >&6
    word=$(head -c 13 <&5 | od -An -tx1 | tr -d ' ')
    expect "$host" "$word" 746f207468652072696700ff0a
    exec 5>&- 6>&-
}

expect "first tty" "$(usb_host relays 0)" /dev/ttyACM0
expect "ports that libserialport finds" "$("$BUILD_DIR/tests/lab/ports" | sort)" \
    "/dev/ttyACM0 10c4:8a2a RIG123
/dev/ttyACM1 10c4:8a2a RIG123
/dev/ttyACM2 10c4:8a2a RIG123
/dev/ttyACM3 0403:6001 C7"
expect path "$(usb_path relays) $(usb_path console)" "1-1 2-1"
for port in 0 1 2; do crosses relays $port; done
crosses console 0

# While somebody holds the old tty open its number is taken.
held=$(usb_host console)
exec 7<>"$held"
usb_unplug console
[ ! -e "$held" ] || fail "$held is still there"
! read -r -t 1 -u 7 || fail "the held tty still gives bytes"
usb_plug console
[ "$(usb_host console)" != "$held" ] || fail "came back as $held"
crosses console 0
exec 7>&-
usb_unplug relays
expect "ttys left" "$(echo /dev/ttyACM*)" "$(usb_host console)"
usb_plug relays
for port in 0 1 2; do crosses relays $port; done

# As many ports and devices as there can be.
usb_remove relays
usb_remove console
for name in one two three four five; do usb_gadget $name 0403:6001 "SERIAL-$name"; done
usb_gadget many 0403:6011 MANY $USB_PORTS_MAX
for name in one two three four five; do crosses $name 0; done
for ((port = 0; port < USB_PORTS_MAX; port++)); do crosses many $port; done
