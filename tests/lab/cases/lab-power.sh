# Loss of the lab's power: off, nothing comes back by itself, AD1 of the hub is recorded and put down to it; resume wants a name.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 20s --charged --at 50s "lab-feed off" --at 110s "lab-feed on"
slot_run night
slot_ends 2
evidence=$(slot_evidence night)
expect "verdict" "$(slot_judged night outage)" "not-applicable missing rig"
grep -q '"kind":"safety".*"input":"lab-power","ok":false' "$evidence/journal.jsonl" || fail "the journal does not name it"
expect "relay closed again" "$(truth_ns relay-told value=1 | awk -v off="$(truth_ns relay-told value=0)" '$1 > off')" ""
/usr/bin/python3 - <<'PYTHON' || fail "the alert was not put down to the lab's power"
import json, sys
ledger = json.load(open("judged.json"))["ledger"]
print([(line["class"], line["cause"], line["seen"]) for line in ledger])
sys.exit(not any(line["cause"] == "lab-power" and line["seen"] for line in ledger))
PYTHON
expect "activations" "$(grep -c activation-received truth.jsonl || true)" 0

# It goes on only with a name, once the bench was armed anew.
expect_status 64 "$HILRIG" resume "$evidence" </dev/null 2>refused
grep -q -- "--operator" refused || fail "resume said: $(cat refused)"
"$HILRIG" resume "$evidence" --operator "R. Tester" </dev/null >night.out 2>&1 &
supervisor=$!
pause 30
expect "energised before it was armed" "$(truth_ns relay-told value=1 | awk -v off="$(truth_ns relay-told value=0)" '$1 > off')" ""
gpio_pull rig 1 down
pause 1
gpio_pull rig 1 up
slot_says 200 night "step 3 control: begins"
grep -q '"kind":"note".*R. Tester goes on' "$evidence/journal.jsonl" || fail "the journal does not say who went on"
kill -INT "$(slot_rig)"
slot_ends 130
expect_status 0 "$HILRIG" verify "$evidence"
