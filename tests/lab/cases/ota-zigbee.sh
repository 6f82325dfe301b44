# Over a ZigBee dongle: it forms a network, the meter joins it, is upgraded over the air, and starves its hub for 240 s.
# time-limit: 180
. "$LAB_ROOT/tests/lab/ota.sh"
ota_start zigbee --dropout 240s
ota_starves
