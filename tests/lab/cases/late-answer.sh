# A Modbus answer that comes long after its time-out is not taken for the next one, and changes no verdict.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 20s --at 20s "late bus 1700ms" --at 140s "late bus 1100ms" --at 400s "garble bus 1"
slot_run night
slot_ends 0
expect outage "$(slot_judged night outage)" "not-more valid none"
grep -q '!' "$(slot_evidence night)/raw/modbus-0.log" || fail "no late bytes were dropped: the fault did not fire"
slot_truth night
