# A supply on a real tty is set, read back and watched; an answer at 700 ms against 500 never becomes the next reading.
usb_gadget psu 1a86:7523 PSU1
said=$(cd "$LAB_ROOT" && "$BUILD_DIR/tests/lab/modbus" /dev/ttyACM0 /dev/ttyGS0)
echo "$said"
expect "set" "$(sed -n 1p <<<"$said")" "set read back"
expect "watch" "$(sed -n 2p <<<"$said")" "watch agrees"
expect "late answers" "$(sed -n 3p <<<"$said")" "wrong after late answers: 0"
percent=$(sed -n 's/^efficiency //p' <<<"$said")
[ "$percent" -ge 95 ] || fail "frames and gaps are $percent % of the time at 9600 baud, wanted 95"
expect "reset" "$(sed -n 5p <<<"$said")" \
    "psu1: volts reads 0.000 V, was left at 12.000 V: it has been reset, or set by somebody else"
