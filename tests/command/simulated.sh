#!/bin/bash
# Any scenario on a simulated bench, and any bench rehearsed: the same files, refusals, engine and evidence, in virtual time.
set -u
. tests/tap.sh
out_dir=$TMPDIR/out
image=firmware-images/example-00020130.ota

# Runs, verifies, and judges again: SCENARIO BENCH CODE OPTION...; leaves $folder.
night() {
	local scenario=$1 bench=$2 wanted=$3 again
	shift 3
	try run "$scenario" --bench "$bench" --load "$bench" --out "$out_dir" --truth "$TMPDIR/truth.jsonl" --quiet "$@"
	folder=$(sed -n 's/^evidence: //p' <<<"$out")
	[ "$code" = "$wanted" ] || echo "$scenario on $bench ended with $code, wanted $wanted: $err"
	"$HILRIG" verify "$folder" >"$TMPDIR/verified" 2>&1 || cat "$TMPDIR/verified"
	again=$("$HILRIG" judge "$folder" 2>&1)
	diff <(sed '/^evidence: /d' <<<"$out" | sed '$d') - <<<"$again" >"$TMPDIR/diff" || head -5 "$TMPDIR/diff"
}

# What the plant did, in Python's own words: fact, slot, value.
truth() { python3 -c '
import collections, json, sys
facts = [json.loads(line) for line in open(sys.argv[1])]
exec(sys.argv[2])' "$TMPDIR/truth.jsonl" "$1"; }

complaint=$(night rig-walk sim 0)
tap "rig-walk passes on a bench that is wired as its file says" "$complaint"
complaint=$(night rig-walk sim 70 --rehearse welded; grep -A1 "^slot S03" <<<"$out" | grep -q "not judged" || echo "its slot was judged")
tap "and finds the relay that sticks" "$complaint"

complaint=$(night controls sim-hubs 0; truth '
seen = collections.Counter(fact["slot"] for fact in facts if fact["fact"] == "ad1-seen")
if seen != {f"H{n}": 1 for n in range(1, 7)}: print("the hubs raised", seen)')
tap "controls: each hub is seen once, after the long cut" "$complaint"

night hub-threshold sim-hubs 2 >"$TMPDIR/complaint"
"$HILRIG" judge --json "$folder" >"$TMPDIR/judgement.json"
tap "hub-threshold: what is found lies around what the hubs do" "$(cat "$TMPDIR/complaint"; truth '
found = {t["slot"]: t for t in json.load(open("'"$TMPDIR"'/judgement.json"))["thresholds"]}
if sorted(found) != [f"H{n}" for n in range(1, 7)]: print("found only", sorted(found))
for slot, threshold in found.items():
    # An outage that ended is told with its length and whether the hub raised AD1 in it.
    ends = [f for f in facts if f["fact"] == "outage" and f.get("slot") == slot and f["value"] > 100e9]
    longest_quiet = max(f["value"] for f in ends if f["text"] == "shorter-than-threshold")
    shortest_raised = min(f["value"] for f in ends if f["text"] == "ad1-raised")
    if threshold["never_ns"] != longest_quiet or threshold["always_ns"] != shortest_raised:
        print(slot, threshold, "truly", longest_quiet, shortest_raised)
    if not 0 < threshold["always_ns"] - threshold["never_ns"] <= 1100000000: print(slot, "is not to one second:", threshold)
if found["H5"]["lost"] != 1: print("H5 lost", found["H5"]["lost"])')"

night mains-transfer sim 70 >"$TMPDIR/complaint"
cp "$folder/journal.jsonl" "$TMPDIR/transfer.jsonl"
tap "mains-transfer: every cut, boot and hold-up is measured as it was" "$(cat "$TMPDIR/complaint"; truth '
import bisect
settle = 50e6
lines = [json.loads(line) for line in open("'"$TMPDIR"'/transfer.jsonl")]
sense = {line["slot"]: line["data"]["sense"] for line in lines if line["kind"] == "slot"}
for slot in ("S01", "S10", "S20"):
    truly = [f["t_ns"] for f in facts if f.get("slot") == slot and f["fact"] in ("supply-fell", "supply-rose")]
    seen = [line["t_ns"] for line in lines if line["kind"] == "edge" and line["slot"] == slot and line["data"]["channel"] == sense[slot]]
    if truly[:len(seen)] != seen or len(truly) - len(seen) > 1: print(slot, len(truly), "edges happened and", len(seen), "are in the journal")
    if len(seen) < 30: print(slot, "has only", len(seen), "edges")')"

complaint=$(night ota-journey sim 70 --set image=$image --set watch=30min)
tap "ota-journey: a night in which a relay sticks ends with 70, and is judged the same offline" "$complaint"
complaint=$(night ota-journey sim 0 --set image=$image --set watch=30min --rehearse well)
folder=$(ls -td "$out_dir"/*/ | head -n 1)
tap "where all devices behave, it ends with 0" "$complaint"

# S01 and S02 are the load sheet's canaries.
activated() { grep '"kind":"activation"' "$folder/journal.jsonl" | grep '"state":"sent"' | sed 's/.*"slot":"\([^"]*\)".*/\1/' | sort -u | tr '\n' ' '; }
tap "canaries go first, and the others only once both are through" "$(python3 - "$folder/journal.jsonl" <<'P'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
sent = {line["slot"]: line["t_ns"] for line in lines if line["kind"] == "activation" and line["data"]["state"] == "sent"}
through = max(line["t_ns"] for line in lines if line["kind"] == "step" and line["slot"] in ("S01", "S02")
              and line["data"]["verb"] == "confirm" and line["data"]["state"] == "done")
early = [slot for slot, t_ns in sent.items() if t_ns < through and slot not in ("S01", "S02")]
if len(sent) < 18 or early: print(sorted(sent), "were activated, too early:", early)
P
)"
printf 'world: canary\nslots:\n  S01: {meter: {dips: [{after: 2s, for: ever}]}}\n' >"$TMPDIR/canary.yaml"
complaint=$(night ota-journey sim 1 --set image=$image --set watch=30min --rehearse "$TMPDIR/canary.yaml")
folder=$(ls -td "$out_dir"/*/ | head -n 1)
tap "a canary that never comes back stops the batch" "$complaint$([ "$(activated)" = "S01 S02 " ] || echo "activated: $(activated)")"
printf 'world: canary\nslots:\n  S01: {hub: {loses: [all]}}\n  S02: {hub: {loses: [all]}}\n' >"$TMPDIR/canary.yaml"
complaint=$(night ota-journey sim 2 --set image=$image --set watch=30min --rehearse "$TMPDIR/canary.yaml")
folder=$(ls -td "$out_dir"/*/ | head -n 1)
tap "where no canary can be activated, nobody is" "$complaint$(activated)"

# Whatever happens at whatever instant, a night ends, sealed, and what follows from it is a person's or the lab's.
ends() { # WHAT AT [AGAIN]
	printf 'world: e\nhappens:\n  - {at: %s, what: %s, to: off}\n' "$2" "$1" >"$TMPDIR/e.yaml"
	[ -z "${3-}" ] || printf '  - {at: %s, what: %s, to: on}\n' "$3" "$1" >>"$TMPDIR/e.yaml"
	timeout 30 "$HILRIG" run ota-journey --bench one-slot --load one-slot --set image=$image --rehearse "$TMPDIR/e.yaml" --quiet --out "$TMPDIR/events" \
		>"$TMPDIR/said" 2>&1 || [ $? = 2 ] || { echo "$*:"; tail -n 3 "$TMPDIR/said"; }
}
tap "a lab feed, an arm, a stop or a door that is lost ends the night whenever it is" "$(
	for at in 0s 1s 295s 631s 640s 1171s 20min 1502s 5200s; do ends lab-feed $at; ends arm $at; done
	ends estop 900s; ends door 1300s 1310s; ends arm 4231s 4261s)"
try resume "$(ls -d "$TMPDIR"/events/*/ | head -n 1)"
tap "a simulated run is not gone on with" "$(wrong_unless 64 "a simulated run is not gone on with")"
try run controls --bench one-hub --load one-hub --seed 3 --out "$out_dir"
tap "a seed for a real bench is refused before it is opened" "$(wrong_unless 64 "add --rehearse WORLD")"

# The benches that people copy, in their own words.
try run ota-journey --bench one-slot --load one-slot --set image=$image --rehearse well --out "$out_dir" --quiet
tap "a real bench's night is rehearsed, whatever its devices say on their consoles" "$(wrong_unless 0 "new version read back" "positive at console")"
try run hub-threshold --bench one-hub --load one-hub --rehearse hubs --out "$out_dir" --quiet
tap "a world that names other slots than the bench has is refused" "$(wrong_unless 64 "bench 'one-hub' has no slot 'H2'" "hubs.yaml:")"
try run controls --bench one-hub --load one-hub --rehearse well --out "$out_dir" --quiet
tap "a hub alone is rehearsed" "$(wrong_unless 0 "positive at console")"
tap "what was rehearsed says that it was simulated, whatever the bench file says" "$(for run in "$out_dir"/*/; do
	grep -q '"environment":"simulated"' "$run/journal.jsonl" || echo "$run"; done)"

try run controls --bench one-hub --load one-hub --rehearse well --out "$TMPDIR/json" --json
tap "with --json standard output is the journal, and nothing else" "$(printf '%s\n' "$out" | cmp - "$TMPDIR"/json/*/journal.jsonl)"
try run by-hand --bench sim --load sim --out "$out_dir"
tap "nobody works a simulated bench by hand" "$(wrong_unless 64 "where nobody can")"
try hand S01 cut 20s
tap "nor any, where no run goes on" "$(wrong_unless 64 "no run of this user goes on")"

# Bad input is the same as on a real bench.
cp scenarios/benches/sim.yaml "$TMPDIR/sim.yaml"
sed -i 's/settle_ms: 50/settle_ms: 50s/; s/contact_ac_a: 1/contact_ac_a: 99/' "$TMPDIR/sim.yaml"
try run controls --bench "$TMPDIR/sim.yaml" --out "$out_dir"
tap "a broken bench file is refused with all its places, and no folder is made" "$(wrong_unless 64 "sim.yaml:23:" "problems in the files above")"
sed 's/^environment: simulated.*/environment: boxed/' scenarios/benches/sim.yaml >"$TMPDIR/sim.yaml"
try check --bench "$TMPDIR/sim.yaml"
tap "a world on a bench that is not simulated is refused" "$(wrong_unless 64 "run --rehearse")"
try run controls --bench one-hub --load one-hub --rehearse well --certify --operator somebody --order example --out "$out_dir"
tap "nothing is certified on a simulated bench" "$(wrong_unless 64 "nothing is certified on a simulated bench")"
try off --bench sim
tap "there is nothing to switch off" "$(wrong_unless 64 "nothing to open or to switch off")"
try check --bench sim --live
tap "and nothing to open" "$(wrong_unless 64 "nothing to open or to switch off")"
try run ota-journey --bench sim --load sim --out "$out_dir"
tap "a missing parameter is refused as ever" "$(wrong_unless 64 "image")"
tap_end
