# A meter that reboots for 20 s on activation is not more than three minutes, and no AD1 was expected.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 20s
slot_run night --set watch=2min
slot_ends 0
expect outage "$(slot_judged night outage)" "not-more valid none"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
expect firmware "$(slot_judged night firmware)" "pass valid none"
slot_truth night
