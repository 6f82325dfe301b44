# A run is followed byte by byte from its second terminal; a viewer that is stopped and one that is killed change nothing in it.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 20s
slot_run night
wait_for 10 test -S "$XDG_RUNTIME_DIR/hilrig-0/lab.run"
expect mode "$(stat -c %a "$XDG_RUNTIME_DIR/hilrig-0/lab.run")" 600
"$HILRIG" follow --json >followed.jsonl 2>followed.err &
follower=$!
"$HILRIG" follow --json >stopped.jsonl &
stopped=$!
"$HILRIG" follow >killed.txt &
killed=$!
wait_for 60 has_text killed.txt "step 1 supply: done"
wait_for 10 test -s stopped.jsonl
kill -STOP $stopped
kill -KILL $killed
slot_ends 0
expect_status 0 wait $follower
cmp followed.jsonl "$(slot_evidence night)/journal.jsonl" || fail "what was followed is not the journal"
expect said "$(cat followed.err)" ""
expect outage "$(slot_judged night outage)" "not-more valid none"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
slot_truth night
kill -CONT $stopped                        # hours later it goes on: the folder has what it missed
expect_status 0 wait $stopped
cmp stopped.jsonl "$(slot_evidence night)/journal.jsonl" || fail "what was stopped is not the journal"
[ ! -e "$XDG_RUNTIME_DIR/hilrig-0/lab.run" ] || fail "the socket is still there"
expect_status 0 "$HILRIG" follow "$(slot_evidence night)" >over.txt
grep -v '^hilrig' night.out | diff - over.txt || fail "run and follow do not say the same"
