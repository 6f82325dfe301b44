#!/bin/bash
# simulate: a campaign finds nothing, is the same whatever runs it, stops at what it finds, and refuses what is no campaign.
# A sanitizer's build is some ten times slower and runs fewer seeds.
set -u
. tests/tap.sh

case $BUILD in
*san | *coverage) seeds=0..299 kills=1..1 deaths=50 decided=0 ;;
*) seeds=0..19999 kills=1..32 deaths=2000 decided=55 ;;
esac

try simulate --seeds $seeds
tap "what is stated in the nights of seeds $seeds is true" "$(wrong_unless 0 "no finding: all that was checked of what these trials stated is true")"

found() {
	local file count=0
	for file in tests/scenarios/found/*.yaml; do
		"$HILRIG" simulate --world "$file" >"$TMPDIR/out" 2>&1 || { echo "$file: $(sed -n 's/^# //p' "$file")"; cat "$TMPDIR/out"; }
		count=$((count + 1))
	done
	[ $count -ge 5 ] || echo "only $count files"
}
tap "what campaigns once found stays mended" "$(found)"

try simulate --kill-anywhere --seeds $kills
tap "killed in any write of its journal and resumed, a run says the same or less" \
	"$(wrong_unless 0 "no finding"
	   [ "$(sed -n 's/^killed in \([0-9]*\) writes.*/\1/p' <<<"$out")" -ge $deaths ] || echo "fewer than $deaths deaths"
	   # Void is always safe to say: most of what the whole runs decide must be decided after a death, too.
	   [ "$(sed -n 's/^verdicts on outages that are decided: .*, \([0-9]*\)\..*/\1/p' <<<"$out")" -ge $decided ] || echo "less than $decided % decided")"

counts() { # JOBS
	"$HILRIG" simulate --seeds 0..99 --jobs "$1" --json | sed 's/"seconds":[0-9.]*,"jobs":[0-9]*,//'
}
counts 1 >"$TMPDIR/one" && counts 3 >"$TMPDIR/three"
tap "one process and three reach the same" "$(cmp "$TMPDIR/one" "$TMPDIR/three" 2>&1)"
tap "its JSON is JSON" "$(python3 -c 'import json, sys; counts = json.load(sys.stdin); assert counts["trials"] == 100, counts' <"$TMPDIR/one" 2>&1)"

try simulate --seeds 0..99 --wrong-by 10ms --keep "$TMPDIR/found.yaml"
tap "where the truth is told wrong by 10 ms a finding says so, and is made small: the checks can fail" \
	"$(wrong_unless 70 "accuracy: slot" "made small in" "to run it again: hilrig simulate --seeds")"
try simulate --world "$TMPDIR/found.yaml"
tap "and where it is told right there is none" "$(wrong_unless 0 "found.yaml: what was checked of it is true")"

echo "30 passed, 0 failed" >"$TMPDIR/mutants"
try simulate --seeds 0..9 --pack "$TMPDIR/packs" --mutants "$TMPDIR/mutants"
packed() {
	local name
	wrong_unless 0 "validation pack: $TMPDIR/packs/"
	cd "$TMPDIR"/packs/* || return
	for name in program.txt campaign.txt not-covered.md mutants.txt scenario.yaml bench.yaml campaign-hubs/bench.yaml campaign-air/bench.yaml manifest.json manifest.minisig throw-away.pub; do
		[ -s $name ] || echo "there is no $name"
	done
	python3 - <<-'EOF'
		import hashlib, json
		for entry in json.load(open("manifest.json"))["files"]:
		    if hashlib.sha256(open(entry["name"], "rb").read()).hexdigest() != entry["sha256"]:
		        print(entry["name"], "is not what the manifest says")
		assert json.load(open("campaign.json"))["trials"] == 10
	EOF
	grep -q "$(sha256sum <"$HILRIG" | cut -c1-64)" program.txt || echo "program.txt names another program"
}
tap "a validation pack has what was checked, by which program, what it does not cover, and digests of all that" "$(packed 2>&1)"

try simulate --world "$TMPDIR/found.yaml" --seeds 1
tap "options that would be ignored are refused" "$(wrong_unless 64 "--seeds is for a campaign of seeds, and --world is one trial")"
try simulate --seeds 1 --keep "$TMPDIR/nowhere/found.yaml"
tap "what could not be written at the end is said at the beginning" "$(wrong_unless 64 "nowhere/found.yaml: No such file")"
other_rule() {
	cd tests/command/workspace || return
	HILRIG_HOME=$OLDPWD try simulate --seeds ${seeds%99} --order at-least-simple
	wrong_unless 0 "no finding" "outage valid pass" "outage valid fail"
	grep -E "more +[0-9]" <<<"$out"
}
tap "an order with another rule makes a device pass or fail by that" "$(other_rule)"

try simulate --seeds 0..199 --fault edge-lost
tap "one fault can be looked at alone" "$(wrong_unless 0 "nothing else went wrong than edge-lost" "no finding"
	grep -qE "^  bus-|^  kill" <<<"$out" && echo "something else acted: $out")"
try simulate --seeds 0..1599 --fault supply-trips
tap "supplies are drawn, too, in the hubs' night" "$(wrong_unless 0 "no finding"
	[ "$(sed -n 's/^  supply-trips *\([0-9]*\) .*/\1/p' <<<"$out")" -ge 5 ] || echo "supplies tripped in fewer than five nights: $out")"
try simulate --seeds 0..1599 --fault dongle-hangs
tap "and so is a dongle, in the night over the air" "$(wrong_unless 0 "no finding"
	[ "$(sed -n 's/^  dongle-hangs *\([0-9]*\) .*/\1/p' <<<"$out")" -ge 2 ] || echo "it hung in fewer than two nights: $out")"
printf 'world: w\nbench: campaign-hubs\nfaults:\n  - {what: supply-resets, instrument: psu2, at: 5min}\n' >"$TMPDIR/hubs.yaml"
try simulate --world "$TMPDIR/hubs.yaml"
tap "a world says on which bench it is" "$(wrong_unless 0 "hubs.yaml: what was checked of it is true")"
try simulate --world "$TMPDIR/hubs.yaml" --bench sim-hubs --load sim-hubs --scenario controls
tap "and is refused on another" "$(wrong_unless 64 "hubs.yaml" "2:8" "this is a world of bench 'campaign-hubs', and not of 'sim-hubs'")"
try simulate --seeds 0..9 --fault edge-lots
tap "and one that is none is refused" "$(wrong_unless 64 "--fault edge-lots: there is no such fault")"
try simulate --seeds 9..2
tap "seeds that run backwards are refused" "$(wrong_unless 64 "--seeds 9..2")"
try simulate --seeds many
tap "seeds that are no numbers are refused" "$(wrong_unless 64 "wanted is A..B")"
printf 'world: w\nfaults:\n  - {what: bus-silnt, instrument: relays, at: 2min}\n' >"$TMPDIR/wrong.yaml"
try simulate --world "$TMPDIR/wrong.yaml"
tap "a world that is none is refused with its place" "$(wrong_unless 64 "wrong.yaml" "3:12" "bus-silent")"
try simulate --world "$TMPDIR/nowhere.yaml"
tap "and one that is not there, too" "$(wrong_unless 64 "nowhere.yaml: No such file")"

children() { # PID
	cat "/proc/$1/task/$1/children" 2>/dev/null
}
stopped() {
	"$HILRIG" simulate --seeds 0..9999999 >"$TMPDIR/out" 2>"$TMPDIR/err" </dev/null &
	local pid=$! code workers
	until workers=$(children $pid) && [ -n "$workers" ]; do [ -d /proc/$pid ] || break; done
	kill -INT $pid
	wait $pid
	code=$?
	[ $code = 130 ] || echo "exit $code: $(cat "$TMPDIR/err")"
	grep -q "trials (seeds" "$TMPDIR/out" || cat "$TMPDIR/out"
	for pid in $workers; do [ ! -d /proc/$pid ] || echo "process $pid is left"; done
}
tap "Ctrl-C ends it with what there is, and leaves no process" "$(stopped)"
tap_end
