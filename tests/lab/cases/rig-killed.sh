# A rig killed in mid outage: lines are held, edges go on, and the resumed run says the same and activates nothing twice.
# time-limit: 240
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 240s
slot_run night --set watch=6min
slot_waits_for 1200 grep -q "activation-received" truth.jsonl
pause 60
kill -KILL "$(slot_rig)"
wait_for 5 grep -q "resume" night.out
expect "mains let go" "$(tail -n 1 truth.jsonl | grep -c contact-opened || true)" 0
pause 30
expect_status 1 "$HILRIG" resume "$(slot_evidence night)"
slot_ends 1
expect outage "$(slot_judged night outage)" "more valid device"
expect firmware "$(slot_judged night firmware)" "pass valid none"
expect activations "$(grep -c activation-received truth.jsonl)" 1
slot_truth night
