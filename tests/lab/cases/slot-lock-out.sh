# A welded relay locks its slot out over all runs until a person clears it, however the run that found it has ended.
# time-limit: 480
. "$LAB_ROOT/tests/lab/slot.sh"
record=$HOME/.local/state/hilrig/slots/lab-two.jsonl
said() { has_text "$1" "$2" || { cat "$1"; fail "$1 does not say: $2"; }; }
lines() { grep -c "\"what\":\"$1\"" "$record" || true; }
command() { echo "$1" >commands; }
run_two() { # NAME [OPTION ...]
    mkdir -p "$1"
    "$HILRIG" run hold.yaml --bench two-slots.yaml --out "$1" "${@:2}" >"$1.out" 2>&1 &
    supervisor=$!
}
journal() { echo "$1"/*-lab-hold-*/journal.jsonl; }
has_welded() { has_text "$(journal "$1")" '"code":"relay-welded"'; }
mended() {
    command "weld bus:1.1 off"
    "$HILRIG" slot clear A --bench two-slots.yaml --operator "A. Mender" --why "relay 1 replaced" >clear.out
}
mkfifo commands
slot_start --commands commands --slot B --mains bus:1.2 --line supply=PINS/sim_gpio18/pull --line mains=PINS/sim_gpio42/pull --boot 5s

# Found by a run that ends by itself: the process that was started locks the slot out.
run_two first
wait_for 30 has_text first.out "step 1 supply: done"
command "weld bus:1.1 on"
slot_ends 70                              # what cannot be proved off is the rig's fault
run=$(grep -om1 '"run":"[0-9a-f]*"' "$(journal first)" | cut -d'"' -f4)
expect "lock-outs" "$(lines locked-out)" 1
said "$record" "\"slot\":\"A\",\"what\":\"locked-out\",\"by\":\"hilrig run\",\"why\":\"relay-welded: "
said "$record" "\"run\":\"$run\"}"
said first.out "slot A is locked out: relay-welded"

# Refused by run and check, in words with a way out; another slot may run, and off is never refused.
run_two second
slot_ends 64
[ -z "$(ls second)" ] || fail "there is evidence of a run that was refused"
said second.out "slot A is locked out since 2026-11-23 18:"
said second.out "(run $run); hilrig slot clear A --bench two-slots.yaml --operator NAME --why TEXT after it was mended"
expect_status 64 "$HILRIG" check --bench two-slots.yaml >check.out 2>&1
said check.out "slot A is locked out since"
expect_status 0 "$HILRIG" off --bench two-slots.yaml
run_two alone --slots B
slot_ends 2
grep -q '"code":"relay-welded"' "$(journal alone)" && fail "slot B alone found a weld"
expect "lock-outs" "$(lines locked-out)" 1

# Mended and cleared, with name and reason.
expect_status 64 "$HILRIG" slot clear A --bench two-slots.yaml --operator "A. Mender" 2>no-reason.out
said no-reason.out "--why TEXT is missing"
mended
said clear.out "slot A: cleared by A. Mender; runs may use it"
"$HILRIG" check --bench two-slots.yaml >/dev/null || fail "check refuses a slot that was cleared"

# Found by a run that is stopped by Ctrl-C, and by one that the emergency stop ends.
for end in interrupted estop; do
    run_two $end
    wait_for 30 has_text $end.out "step 1 supply: done"
    command "weld bus:1.1 on"
    slot_waits_for 120 has_welded $end
    before=$(lines locked-out)
    if [ $end = estop ]; then gpio_pull rig 2 down; else kill -INT "$(slot_rig)"; fi
    slot_waits_for 60 ended "$supervisor"
    expect "lock-outs after $end" "$(lines locked-out)" $((before + 1))
    mended
done
gpio_pull rig 2 up
gpio_pull rig 1 down
gpio_pull rig 1 up

# Found by a run whose rig is killed: locked out once the process that was started has ended, here by off.
run_two killed
wait_for 30 has_text killed.out "step 1 supply: done"
command "weld bus:1.1 on"
slot_waits_for 120 has_welded killed
pause 2
kill -KILL "$(slot_rig)"
wait_for 10 has_text killed.out "hilrig resume"
expect "lock-outs" "$(lines locked-out)" 3
expect_status 0 "$HILRIG" off --bench two-slots.yaml
wait_for 20 ended "$supervisor"
expect "lock-outs" "$(lines locked-out)" 4
mended

# Found by a run that dies with its supervisor: the next command that asks finds it, and only once. resume refuses too.
run_two dead
wait_for 30 has_text dead.out "step 1 supply: done"
command "weld bus:1.1 on"
slot_waits_for 120 has_welded dead
pause 2
rig=$(slot_rig)
kill -KILL "$supervisor" "$rig"
wait_for 20 ended "$rig"
expect "lock-outs" "$(lines locked-out)" 4
run_two refused
slot_ends 64
said refused.out "slot A is locked out: relay-welded"
said refused.out "slot A is locked out since"
expect "lock-outs" "$(lines locked-out)" 5

expect_status 64 "$HILRIG" resume dead/*-lab-hold-* >resume.out 2>&1
said resume.out "slot A is locked out since"
expect "lock-outs" "$(lines locked-out)" 5

# Once cleared it stays so, although that journal is read again when the folder is resumed.
mended
expect_status 2 "$HILRIG" resume dead/*-lab-hold-* >resumed.out 2>&1
expect "lock-outs" "$(lines locked-out)" 5
"$HILRIG" slot list --bench two-slots.yaml >list.out
expect "usable slots" "$(grep -c usable list.out)" 2
