# Over MCUmgr's SMP on the meter's console: 179 s without supply after the activation are not more than three minutes.
# time-limit: 180
. "$LAB_ROOT/tests/lab/ota.sh"
ota_start smp --dropout 179s
slot_run night
slot_ends 2
expect outage "$(slot_judged night outage)" "not-more valid none"
expect "ad1, inside the hub's band" "$(slot_judged night ad1)" "not-applicable inconclusive device"
expect firmware "$(slot_judged night firmware)" "pass valid none"
slot_truth night
ota_received night
