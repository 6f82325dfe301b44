#!/bin/bash
# hilrig check and plan: every broken file ends with 64 and says exactly what stands beside it; what is right is described.
set -u
. tests/tap.sh

broken() { # KIND OPTION...: all files of the kind, each behind the options
	local kind=$1 file count=0 got wanted
	local -a said expected
	shift
	for file in tests/broken/"$kind"/*.yaml; do
		"$HILRIG" check "$@" "$file" >"$TMPDIR/out" 2>"$TMPDIR/err"
		[ $? = 64 ] || echo "$file: does not end with 64"
		[ -s "$TMPDIR/out" ] && echo "$file: something on standard output"
		# Most agree, and processes take time: only what differs is shown by diff.
		mapfile -t said <"$TMPDIR/err"
		mapfile -t expected <"${file%.yaml}.expect"
		[ ${#said[@]} = 0 ] || unset 'said[-1]'
		printf -v got '%s\n' "${said[@]#"$file:"}"
		printf -v wanted '%s\n' "${expected[@]}"
		[ "$got" = "$wanted" ] || { echo "$file:"; diff <(printf '%s' "$wanted") <(printf '%s' "$got"); }
		count=$((count + 1))
	done
	[ $count -gt 2 ] || echo "only $count files"
}

tap "every broken bench file is refused with its places" "$(broken bench --bench)"
tap "every broken load sheet is refused with its places" "$(broken load --bench one-slot --load)"
tap "every broken scenario is refused with its places" "$(broken scenario --bench one-slot --scenario)"
tap "every broken test order is refused with its places" "$(broken order --bench one-slot --order)"

try check --bench tests/broken/bench/many-problems-in-one-go.yaml
tap "the last line counts the problems" "$(wrong_unless 64 "6 problems in the files above; nothing was opened or energised")"
try check --bench tests/broken/bench/many-problems-in-one-go.yaml --json
tap "problems are had as JSON" "$(python3 -c '
import json, sys
problems = json.loads(sys.argv[1])["problems"]
assert len(problems) == 6 and problems[0] == {"file": sys.argv[2], "line": 2, "column": 9,
    "text": "'"'hazard' is 'manis'; did you mean 'mains'?"'"}, problems' "$out" tests/broken/bench/many-problems-in-one-go.yaml 2>&1)"

try check --bench one-slot --load one-slot --scenario ota-journey --order example
tap "files that are right are described" "$(wrong_unless 0 "switched by relays.1 (held when the rig is lost)" \
	"only hardware switches these off" "relays.1 (mains switch of slot A)" "the alert band of the hub in slot A is not measured")"
try check --bench one-hub --json
tap "so they are as JSON" "$(python3 -c '
import json, sys
bench = json.loads(sys.argv[1])
assert bench["only_hardware_switches_off"] == ["psu1.output"], bench
assert [c["supported"] for c in bench["slots"][0]["claims"]] == [True, True, True, True, False, False], bench' "$out" 2>&1)"
try check --bench one-slot --scenario ota-journey --certify
tap "a certified run needs more" "$(wrong_unless 64 "'estop' has no proof test" "a certified run needs a test order")"
try check --bench one-slt
tap "a bench that is not there is refused" "$(wrong_unless 64 "there is no one-slt.yaml in scenarios/benches")"
try check
tap "check needs a bench" "$(wrong_unless 64 "--bench BENCH is missing")"

try plan ota-journey --bench one-slot
tap "plan unrolls the journey" "$(wrong_unless 0 "10 steps, 1:14:00 at least, 7:21:10 at most" \
	"judge: outage, ad1, restored until 1h after activate" "1 activation (irreversible), 1 transfer, 3 cuts" \
	"|swCCCCTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTGGGGGGGGGAJJJJJJJJJCCCCCC|" \
	"|##~~~~####################################################~~~~~~|")"
try plan hub-threshold --bench one-hub --set recharge=20min --json
tap "a plan as JSON has every step and its bounds" "$(python3 -c '
import json, sys
plan = json.loads(sys.argv[1])
steps = plan["steps"]
assert [s["verb"] for s in steps[4:7]] == ["wait", "cut", "hold"] and len(steps) == 4 + 8 * 2 * 3 + 2, len(steps)
assert steps[4]["within_ns"] == 20 * 60 * 10**9 and steps[51]["bisect_round"] == 7
assert all(a["latest_end_ns"] == b["latest_begin_ns"] for a, b in zip(steps, steps[1:]))
assert plan["each_slot_spends"]["cuts"] == 3 + 8 * 2 and plan["each_slot_spends"]["activations"] == 0' "$out" 2>&1)"
try plan ota-journey --bench one-hub
tap "a scenario that no slot can do is refused with the reason" "$(wrong_unless 64 "slot A cannot do scenario ota-journey: it has no 'upgrade'")"
try plan ota-journey --bench one-slot --set wach=10min
tap "a parameter that does not exist is refused" "$(wrong_unless 64 "no parameter 'wach'; did you mean 'watch'?")"
tap_end
