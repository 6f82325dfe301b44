# 180.1 s is more than three minutes.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 180.1s
slot_run night
slot_ends 1
expect outage "$(slot_judged night outage)" "more valid device"
expect "ad1, inside the hub's band" "$(slot_judged night ad1)" "not-applicable inconclusive device"
slot_truth night
