# 179.9 s is not more than three minutes.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 179.9s
slot_run night
slot_ends 2
expect outage "$(slot_judged night outage)" "not-more valid none"
expect "ad1, inside the hub's band" "$(slot_judged night ad1)" "not-applicable inconclusive device"
slot_truth night
