# What cases/killed-*.sh have in common: a whole night in which the rig is killed once, at an instant of the $1-th tenth of it.
# The run goes on with `resume`, and must say of the meter what it would have said; nothing is activated twice.
. "$LAB_ROOT/tests/lab/slot.sh"
tenth=$1
mkdir "tenth-$tenth"
cd "tenth-$tenth"
slot_start --dropout 240s
begin=$(now_us)
at_ms=$((tenth * 64000 + (LAB_SEED * 7919 + tenth * 104729) % 64000))
slot_run night
slot_waits_for 30 has_text night.out "step 1"
left_ms=$((at_ms - ($(now_us) - begin) / 1000))
[ $left_ms -le 0 ] || pause "$((left_ms / 1000)).$(printf %03d $((left_ms % 1000)))"
killed=$(tail -n 1 night.out)
died=$(monotonic_ns)
kill -KILL "$(slot_rig)"
slot_says 10 night "is held; hilrig resume"
echo "killed after $at_ms ms, behind: $killed"
pause 20
[ "$(truth_ns relay-told)" -le "$died" ] || fail "what was to be held was switched"
code=0
"$HILRIG" resume "$(slot_evidence night)" >>night.out 2>&1 || code=$?
slot_ends $code
tail -n 20 night.out
expect activations "$(grep -c activation-received truth.jsonl)" 1
expect "exit code" $code 1
expect outage "$(slot_judged night outage)" "more valid device"
expect firmware "$(slot_judged night firmware)" "pass valid none"
slot_truth night
