#!/bin/bash
# hilrig check --live as far as a machine without a bench can tell: what is missing is named, all of it, and misuse is refused.
# The kernel lab has the rest (tests/lab/cases/live-*.sh).
set -u
. tests/tap.sh

export XDG_RUNTIME_DIR=$TMPDIR
desk=$TMPDIR/desk.yaml
{
	echo 'proofs: [{what: estop, by: somebody, on: 2020-01-01, due: 2020-07-01}]'
	sed 's/^bench: .*/bench: nowhere/; s/chip: pinctrl-rp1/chip: no-such-chip/' scenarios/benches/one-slot.yaml |
		awk '{ sub(/port: {[^}]*}/, "port: {path: /dev/no-such-port-" NR "}") } 1'
} >"$desk"

try check --bench "$desk"
tap "without --live a proof that is overdue is a problem of the file" "$(wrong_unless 64 "the proof test of 'estop' was due on 2020-07-01")"
try check --bench "$desk" --live
tap "nothing that is missing hides the rest" "$(wrong_unless 70 "bench nowhere" "WRONG      relays: there is no /dev/no-such-port" \
	"WRONG      pins: " "no GPIO chip 'no-such-chip'" "WRONG      A.console: there is no /dev/no-such-port" "WRONG      A.upgrade: there is no" \
	"NOT PROVED nowhere: the proof test of the emergency stop was due on 2020-07-01: make it with --prove estop" \
	"NOT PROVED A: not walked: pins is not ready" "0 good, 2 not proved, 4 wrong")"
try check --bench "$desk" --live --no-walk
tap "without a walk nothing is said of one" "$(wrong_unless 70 "0 good, 1 not proved, 4 wrong")$(grep -F walked <<<"$out")"
try check --bench "$desk" --live --json
tap "each line is an object of its schema" "$(wrong_unless 70)$(python3 -c '
import json, sys, jsonschema
schema = json.load(open("reports/check.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
check = jsonschema.Draft202012Validator(schema)
lines = [json.loads(line) for line in sys.argv[1].splitlines()]
for line in lines:
    check.validate(line)
assert [line["kind"] for line in lines] == ["begin"] + ["finding"] * 6 + ["end"], lines
assert lines[-1]["exit"] == 70 and lines[-1]["wrong"] == 4, lines[-1]
for wrong in ({**lines[1], "state": "fine"}, {**lines[1], "what": "thing"}, {**lines[1], "more": 1}, {**lines[-1], "exit": 1}, {"kind": "x"}):
    assert not check.is_valid(wrong), wrong' "$out" 2>&1)"

misused() { # PATTERN OPTION...: refused with 64 before anything is opened
	local pattern=$1
	shift
	try check --bench "$desk" "$@"
	wrong_unless 64 "$pattern"
	[ -z "$out" ] || echo "something on standard output: $out"
}
tap "options of the live bench want --live" "$(misused "--no-walk is for the live bench; --live is not there" --no-walk
	misused "--prove is for the live bench" --prove estop; misused "--within is for the live bench" --within 5s)"
tap "--walk and --no-walk are one or the other" "$(misused "--walk and --no-walk: one or the other" --live --walk --no-walk)"
tap "a proof energises" "$(misused "--no-walk says to energise nothing" --live --no-walk --prove estop --operator somebody)"
tap "a proof has an operator" "$(misused "--prove needs --operator NAME" --live --prove estop
	misused "--prove is not there" --live --operator somebody
	misused "the name is longer than 47 bytes" --live --prove arm --operator "$(printf '%048d' 0)")"
tap "a proof is of something" "$(misused "--prove estopp: did you mean estop?" --live --prove estopp --operator somebody
	misused "wanted is estop, door or arm" --live --prove windows --operator somebody)"
tap "a bound is a time" "$(misused "'5' is not a time from 1s to 1h, such as 5min" --live --within 5
	misused "'2h' is not a time" --live --within 2h)"
sed -i '/^door:/d; s/on_rig_loss: hold/on_rig_loss: off/' "$desk"
tap "what the bench does not have cannot be proved" "$(misused "the bench has no 'door' to be proved" --live --prove door --operator somebody)"
try check --bench one-hub --live --prove estop --operator somebody
tap "nor can a bench without mains" "$(wrong_unless 64 "no slot has mains, whose sense a proof test sees go")"
tap_end
