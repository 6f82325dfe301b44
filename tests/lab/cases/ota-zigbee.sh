# Over a ZigBee dongle: it forms a network, the meter joins it, is upgraded over the air, and starves its hub for 240 s.
# time-limit: 180
. "$LAB_ROOT/tests/lab/ota.sh"
ota_start zigbee --dropout 240s
slot_run night
slot_ends 1
expect outage "$(slot_judged night outage)" "more valid device"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
expect firmware "$(slot_judged night firmware)" "pass valid none"
slot_truth night
ota_received night
