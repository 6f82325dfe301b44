# A live check proves a good desk, energises nothing where it may not, and names another model on a port.
# time-limit: 120
. "$LAB_ROOT/tests/lab/live.sh"
closed() { grep -c contact-closed truth.jsonl || true; }
desk_start
desk_plant
desk_check identity --no-walk
desk_ends 0
desk_said identity "good       relays: waveshare-relay-8, unit 1 at /dev/ttyACM0" || fail "no identity"
desk_said identity "good       psu.ovp: 13V written and read back" || fail "no limit"
desk_said identity "good       A pins.41: mains sense: nothing there" || fail "no level"
expect "contacts closed without a walk" "$(closed)" 0

desk_check good --json
desk_hears 30 good '"what": "walk", "slot": "A"'
expect_status 75 "$HILRIG" check --bench desk.yaml --live --no-walk
desk_ends 0
desk_dark || fail "something is on"
expect "contacts closed in the walk" "$(closed)" 3
/usr/bin/python3 - <<'PYTHON'
import json
lines = [json.loads(line) for line in open("good.out")]
assert [l["slot"] for l in lines if l.get("what") == "walk"] == ["A", "B", "C"], lines
assert lines[-1]["kind"] == "end" and lines[-1]["exit"] == 0 and lines[-1]["wrong"] == lines[-1]["unproved"] == 0, lines[-1]
PYTHON

echo "arm off" >commands                    # not armed: only what is not hazardous, and that is none of these two slots
desk_plant_truth=$(wc -l <truth.jsonl)
desk_check unarmed --slots A,B --within 20s
desk_ends 2
desk_said unarmed "A: not walked: not armed" || fail "A was walked"
expect "contacts closed unarmed" "$(tail -n +"$desk_plant_truth" truth.jsonl | grep -c contact-closed || true)" 0

desk_plant model=60065                      # an RD6006P: its scales differ
desk_check model
desk_ends 70
desk_said model "WRONG      psu: identity: register 0 reads 60065, which is no riden-rd6006" || fail "the model is not named"
desk_said model "good       A: relays.1 stirs its own senses" || fail "A was hidden"
desk_said model "C: not walked: psu is not ready" || fail "C was walked"
desk_dark || fail "something is on"

sed -E 's/^(  relays:.*)unit: 1/\1unit: 3/; s/^(  psu:.*)unit: 3/\1unit: 1/' desk.yaml >swapped.yaml
code=0
"$HILRIG" check --bench swapped.yaml --live --slots A,B >swapped.out 2>&1 || code=$?
expect "exit code with board and supply swapped" "$code" 70
desk_said swapped "WRONG      relays: " || fail "the board is not named: $(cat swapped.out)"
desk_said swapped "WRONG      psu: " || fail "the supply is not named: $(cat swapped.out)"
desk_said swapped "A: not walked: relays is not ready" || fail "A was walked"
