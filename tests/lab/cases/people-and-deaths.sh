# Emergency stop, arm, Ctrl-C, off, a second run, a hung rig and a dead supervisor: everything goes off, and says so.
# time-limit: 120
. "$LAB_ROOT/tests/lab/slot.sh"
mains_off() { truth_off mains; }
mains_on() { ! mains_off; }
slot_start --dropout 20s
again() { pause 2; slot_run "$1"; wait_for 30 has_text "$1.out" "step 1 supply: done"; mains_on || fail "$1: no mains"; }

gpio_pull rig 1 down                       # not armed: nothing is energised
slot_run unarmed
pause 20
! grep -q "supply: done" unarmed.out || fail "energised without arm"
gpio_pull rig 1 up
wait_for 30 has_text unarmed.out "supply: done"
expect_status 75 "$HILRIG" run journey.yaml --bench bench.yaml --load load.yaml --set image=image.ota --out second
gpio_pull rig 2 down                       # emergency stop
wait_for 2 mains_off
slot_ends 2
gpio_pull rig 2 up
gpio_pull rig 1 down                       # it took the arm with it
gpio_pull rig 1 up

again interrupted
kill -INT "$(slot_rig)"
slot_ends 130
mains_off || fail "on after Ctrl-C"

again hung
kill -STOP "$(slot_rig)"
wait_for 3 has_text hung.out "the rig hangs"
expect_status 0 "$HILRIG" off --bench bench.yaml
mains_off || fail "on after off"
slot_ends 130

again orphaned
rig=$(slot_rig)
kill -KILL "$supervisor"
wait_for 20 ended "$rig"
wait_for 2 mains_off

for night in unarmed interrupted hung orphaned; do
    expect_status 0 "$HILRIG" verify "$(slot_evidence $night)"
done
