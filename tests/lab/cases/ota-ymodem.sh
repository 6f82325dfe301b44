# Over YMODEM on the meter's console: the meter starves its hub for 240 s after the activation.
# time-limit: 180
. "$LAB_ROOT/tests/lab/ota.sh"
ota_start ymodem --dropout 240s
ota_starves
