# A hub alone raises AD1 for a cut a second above the threshold that the plant drew, and none for one a second below it.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
hub_start --threshold 100s..220s
read -r below above band <<<"$(/usr/bin/python3 - <<'PYTHON'
import json
text = [t["text"] for t in map(json.loads, open("truth.jsonl")) if t.get("fact") == "drawn"][0]
threshold = int(text.split()[1]) / 1e9
print("%.3fs %.3fs {never:_%.3fs,_always:_%.3fs," % (threshold - 1, threshold + 1, threshold - 0.5, threshold + 0.5))
PYTHON
)"
cat >scenarios/bands.yaml <<EOF
bands: lab
default: ${band//_/ } late: 0s, known: measured, source: "as the plant drew it"}
hubs: []
EOF
slot_run night --set below="$below" --set above="$above"
slot_ends 0
expect ad1 "$(slot_judged night ad1)" "pass valid none"
slot_ledger night 1
