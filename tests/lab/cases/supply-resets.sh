# A supply that resets without a word is found out within seconds: the supply's fault, and what was judged meanwhile is void.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
hub_start --at 400s "reset psu:1"
cat >watched.yaml <<'EOF'
scenario: lab-watched
version: 1
expects: [ad1]
steps:
  - supply: on
  - wait: hub-ready
    within: 15min
  - control: positive
    watch: 30s
  - judge: ad1
    from: control
    until: 30min
EOF
lab_files=(watched.yaml --bench hub-bench.yaml --load hub-load.yaml --slots A)
slot_run night
slot_ends 2
expect ad1 "$(slot_judged night ad1)" "not-applicable void supply"
journal=$(slot_evidence night)/journal.jsonl
grep '"kind":"fault"' "$journal" | grep -q '"domain":"supply".*has been reset' || fail "faults: $(grep '"kind":"fault"' "$journal")"
/usr/bin/python3 - "$journal" <<'PYTHON' || fail "it took too long to find out"
import json, sys
lines = list(map(json.loads, open(sys.argv[1])))
offset = [line["data"]["offset_ns"] for line in lines if line["kind"] == "boot"][0]
reset = [t["t_ns"] for t in map(json.loads, open("truth.jsonl")) if t.get("fact") == "supply-reset"][0]
found = [line["t_ns"] for line in lines if line["kind"] == "fault"][0] - offset
print("found out after %.3f s" % ((found - reset) / 1e9))
sys.exit(not 0 <= found - reset <= 2_500_000_000)
PYTHON
