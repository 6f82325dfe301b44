# A rig that is killed while it is followed: that is said, the next rig is followed to the end, and the outage stays right.
# time-limit: 240
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 240s
slot_run night
wait_for 10 test -S "$XDG_RUNTIME_DIR/hilrig-0/lab.run"
"$HILRIG" follow >followed.txt 2>followed.err &
follower=$!
"$HILRIG" follow --json >followed.jsonl 2>json.err &
json=$!
slot_waits_for 1200 has_text truth.jsonl "activation-received"
pause 60
kill -KILL "$(slot_rig)"
wait_for 5 has_text followed.err "NO RIG SERVES THE RUN: without a rig, holding"
wait_for 5 has_text json.err "NO RIG SERVES THE RUN"
pause 30
expect_status 1 "$HILRIG" resume "$(slot_evidence night)" >resumed.txt 2>&1
slot_ends 1
expect_status 1 wait $follower
expect_status 1 wait $json
grep -q "a rig serves the run now" followed.err || fail "nothing was said of the next rig"
tail -n 1 followed.jsonl | cmp - <(tail -n 1 "$(slot_evidence night)/journal.jsonl") || fail "not followed to the end"
grep -q "AD1 seen by" followed.txt || fail "the alert was not shown"
expect outage "$(slot_judged night outage)" "more valid device"
expect activations "$(grep -c activation-received truth.jsonl)" 1
slot_truth night
