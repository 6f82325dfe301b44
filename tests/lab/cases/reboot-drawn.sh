# An outage whose length is drawn at random is measured to 0.1 ms.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 1s..400s
slot_run night --set watch=8min
wait "$supervisor" || true
slot_truth night
