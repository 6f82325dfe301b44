# Over YMODEM on the meter's console: the meter starves its hub for 240 s after the activation.
# time-limit: 180
. "$LAB_ROOT/tests/lab/ota.sh"
ota_start ymodem --dropout 240s
slot_run night
slot_ends 1
expect outage "$(slot_judged night outage)" "more valid device"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
expect firmware "$(slot_judged night firmware)" "pass valid none"
slot_truth night
ota_received night
