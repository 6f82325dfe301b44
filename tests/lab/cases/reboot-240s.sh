# A meter that starves its hub for 240 s is more than three minutes, and its AD1 was expected and seen.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 240s
slot_run night
slot_ends 1
expect outage "$(slot_judged night outage)" "more valid device"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
expect "ledger" "$(grep -c expected-seen judged.json)" 1
slot_truth night
