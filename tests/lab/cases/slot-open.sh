# A slot is opened when everything says off and its name is typed; no run uses it until it is closed; off always gets the bench.
# time-limit: 480
. "$LAB_ROOT/tests/lab/slot.sh"
state=$HOME/.local/state/hilrig/slots
said() { has_text "$1" "$2" || { cat "$1"; fail "$1 does not say: $2"; }; }
not_said() { ! has_text "$1" "$2" || { cat "$1"; fail "$1 says: $2"; }; }
lines() { grep -c "\"what\":\"$2\"" "$state/$1.jsonl" 2>/dev/null || true; }
opening() { # STATUS BENCH OUT [OPTION ...]: slot open A with standard input
    expect_status "$1" "$HILRIG" slot open A --bench "$2.yaml" --operator "A. Person" "${@:4}" >"$3.out" 2>&1
}
closed() { expect_status 0 "$HILRIG" slot close A --bench "$1.yaml" --operator "A. Person" >/dev/null; }
told() { grep '"fact":"relay-told"' truth.jsonl | tail -n "$1"; }
mkfifo commands
slot_start --commands commands --slot B --mains bus:1.2 --line supply=PINS/sim_gpio18/pull --line mains=PINS/sim_gpio42/pull --boot 5s

# Nothing, or something else, is typed: not opened, and nothing is locked out.
opening 130 two-slots nothing </dev/null
said nothing.out "slot A: OFF (not isolated)"
said nothing.out "Electricity at Work Regulations 1989, regulations 12 to 14; HSE INDG354; HSE HSG85"
said nothing.out "slot A was not opened: no answer"
opening 130 two-slots other <<<yes
said other.out "slot A was not opened: its name was not typed; it is OFF (not isolated)"
opening 130 two-slots unended < <(printf A)
expect "lines written" "$(lines lab-two opened)$(lines lab-two locked-out)" ""

# It was on, and its name is typed: open, and a run is refused until it is closed. The emergency stop does not matter for off.
gpio_pull rig 2 down
opening 0 two-slots good <<<" A"
gpio_pull rig 2 up
said good.out "relays.1: off, read back"
said good.out "mains sense pins.41: dead"
said good.out "supply sense pins.17: dead"
said good.out "slot A is open, by A. Person"
for text in nothing other good; do ! grep -qiw safe $text.out || fail "the word safe was shown"; done
said "$state/lab-two.jsonl" '"slot":"A","what":"opened","by":"A. Person","why":"proved dead at the terminals, says the operator","run":""}'
"$HILRIG" slot list --bench two-slots.yaml --json >list.json
/usr/bin/python3 -c 'import json
a, b = json.load(open("list.json"))["slots"]
assert not a["usable"] and a["open"]["by"] == "A. Person" and not a["locked_out"] and b["usable"], (a, b)'
mkdir -p night
expect_status 64 "$HILRIG" run hold.yaml --bench two-slots.yaml --out night >night.out 2>&1
said night.out "slot A is open since 2026-11-23 18:"
said night.out "hilrig slot close A --bench two-slots.yaml --operator NAME once it is put together again"
expect_status 64 "$HILRIG" slot open A --bench two-slots.yaml --operator "A. Person" >again.out 2>&1 <<<A
said again.out "slot A is open already"
closed two-slots
"$HILRIG" run hold.yaml --bench two-slots.yaml --out night >night.out 2>&1 &
supervisor=$!
wait_for 30 has_text night.out "step 1 supply: done"

# A run has the bench: 75, and who says which.
opening 75 two-slots busy <<<A
said busy.out "bench lab-two is held: running"
expect_status 0 "$HILRIG" off --bench two-slots.yaml
slot_ends 130

# A run that died left both slots on: the other one stays as it is.
"$HILRIG" run hold.yaml --bench two-slots.yaml --out night >night.out 2>&1 &
supervisor=$!
wait_for 30 has_text night.out "B        step 1 supply: done"
kill -KILL "$supervisor" "$(slot_rig)"
wait_for 20 ended "$supervisor"
wait_for 5 gpio_is rig 41 1
opening 0 two-slots after <<<A
gpio_is rig 41 0 || fail "slot A is on"
gpio_is rig 42 1 || fail "slot B was switched off with slot A"
closed two-slots
expect_status 0 "$HILRIG" off --bench two-slots.yaml
wait_for 5 gpio_is rig 42 0

# Somebody waits at the question, and off does not wait for him: it gets the bench. So does Ctrl-C end it.
mkfifo typed
for end in off interrupted; do
    "$HILRIG" slot open A --bench two-slots.yaml --operator "A. Person" <typed >$end.out 2>&1 &
    person=$!
    exec {keyboard}>typed
    wait_for 30 has_text $end.out "Type the slot's name"
    "$HILRIG" who >who.out
    said who.out "lab-two: slot A is being opened by A. Person"
    if [ $end = off ]; then expect_status 0 timeout 20 "$HILRIG" off --bench two-slots.yaml; else kill -INT $person; fi
    wait_for 5 ended $person
    expect_status 130 wait $person
    exec {keyboard}>&-
done
said off.out "slot A was not opened: somebody said off"
said interrupted.out "slot A was not opened: stopped"
expect "openings" "$(lines lab-two opened)" 2

# A contactor that cuts a neighbour: named, and asked about only if that is on. Its mirror contact says open.
gpio_pull rig 9 up
opening 0 contactor alone <<<A
said alone.out "relays.8 feeds other slots too: B. Opening slot A cuts them."
said alone.out "relays.8: off, read back"
said alone.out "mirror contact pins.9: relays.8 is open"
expect_status 64 "$HILRIG" check --bench contactor.yaml --slots B >check.out 2>&1
said check.out "slot B is fed through relays.8, which stays off for slot A: that one is open"
closed contactor
gpio_pull rig 42 up
told 1 >before.txt
opening 130 contactor refused <<<no
said refused.out "On now, and cut with it: B."
said refused.out "nothing was switched"
told 1 | cmp before.txt - || fail "something was switched before it was agreed"
opening 0 contactor agreed < <(printf 'yes\nA\n')
closed contactor
opening 0 contactor given --yes <<<A
not_said given.out "Type yes"
closed contactor

# The mirror contact does not say open, or what was dead is live when the name is typed: refused, and locked out.
gpio_pull rig 9 down
opening 70 contactor closed --yes <<<A
said closed.out "DISAGREES: contactor-welded: relays.8 was switched off, and mirror contact pins.9 does not say open"
expect "lock-outs" "$(lines lab-contactor locked-out)" 1
gpio_pull rig 9 up
"$HILRIG" slot open A --bench contactor.yaml --operator "A. Person" --yes <typed >live.out 2>&1 &
person=$!
exec {keyboard}>typed
wait_for 30 has_text live.out "Type the slot's name"
gpio_pull rig 41 up
echo A >&"$keyboard"
exec {keyboard}>&-
wait_for 30 ended $person
expect_status 70 wait $person
said live.out "slot A was NOT opened and is locked out: live-again"
said live.out "slot A is locked out (hilrig slot list tells why); it is opened for mending."
gpio_pull rig 41 down
expect "openings" "$(lines lab-contactor opened)" 3

# A board that does not answer confirms nothing.
echo "silent bus 1000" >commands
opening 70 two-slots silent <<<A
said silent.out "DISAGREES: no-readback: not everything confirmed that it is off: relays.1"
expect "lock-outs" "$(lines lab-two locked-out)" 1
