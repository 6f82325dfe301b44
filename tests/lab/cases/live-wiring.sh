# Crossed senses, a welded relay, a silent console: each is named and ends with 70; a weld locks its slot out.
# time-limit: 180
. "$LAB_ROOT/tests/lab/live.sh"
desk_start

desk_plant mains_a=42 mains_b=41
desk_check mains
desk_ends 70
desk_said mains "A: cross-wired: relays.1 stirs slot B's mains sense (pins.42)" || fail "A is not named: $(cat mains.out)"
desk_said mains "B: cross-wired: relays.2 stirs slot A's mains sense (pins.41)" || fail "B is not named: $(cat mains.out)"
desk_said mains "good       C: feeds.1 stirs its own senses" || fail "C was not walked"
desk_dark || fail "something is on"

desk_plant supply_a=18 supply_b=17
desk_check supply --slots A,B
desk_ends 70
desk_said supply "A: cross-wired: relays.1 stirs slot B's supply sense (pins.18)" || fail "A is not named: $(cat supply.out)"
desk_said supply "of its own the mains sense came too" || fail "no word of its own sense: $(cat supply.out)"

desk_plant
echo "weld bus:1.2 on" >commands
desk_check welded
desk_ends 70
desk_said welded "good       A: relays.1 stirs its own senses" || fail "A was not walked: $(cat welded.out)"
desk_said welded "relays.2: welded: told to open, and says that it is, and the mains sense (pins.42) stays: SWITCH OFF BY HAND" ||
    fail "the weld is not named: $(cat welded.out)"
desk_said welded "not walked: slot C: relays.2, of slot B, does not open" || fail "C was walked: $(cat welded.out)"
! desk_said welded "ALL OFF" || fail "all off was said of a welded relay"
desk_said welded "hilrig: slot B is locked out: relays.2: welded: told to open" || fail "B is not locked out: $(cat welded.out)"
desk_check locked
desk_ends 64
desk_said locked "locked out" || fail "not refused for the lock-out: $(cat locked.out)"
expect_status 0 "$HILRIG" slot clear B --bench desk.yaml --operator "A. Person" --why "the lab's relay was made new"

# Its word is not heard: the hubs' consoles are plugged into each other's port.
sed -E 's/usb_port: 2/usb_port: X/; s/usb_port: 4/usb_port: 2/; s/usb_port: X/usb_port: 4/' desk.yaml >crossed.yaml
desk_plant
code=0
"$HILRIG" check --bench crossed.yaml --live --slots A >console.out 2>&1 || code=$?
expect "exit code with a silent console" "$code" 70
desk_said console "A.console: silent for 60.0 s after the hub had its supply" || fail "the console is not named: $(cat console.out)"
