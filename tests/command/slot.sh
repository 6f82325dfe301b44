#!/bin/bash
# hilrig slot, and the slot record: misuse, what is written, damage, and what run and check refuse. No hardware is opened.
set -u
. tests/tap.sh
slots=$XDG_STATE_HOME/hilrig/slots record=$XDG_STATE_HOME/hilrig/slots/one-slot.jsonl

line() { # WHAT [WHY [RUN]]: a line of the record
	printf '{"utc":"2026-11-23T18:01:02.123456Z","bench":"one-slot","slot":"A","what":"%s","by":"A. Person","why":"%s","run":"%s"}\n' "$1" "${2-}" "${3-}"
}

given() { # LINE...: the record is exactly these
	mkdir -p "$slots"
	printf '%s\n' "$@" >"$record"
}

slot() { try slot "$1" A --bench one-slot --operator "A. Person" "${@:2}"; }

json() { # of $out, against the schema and then EXPRESSION of its slot A
	python3 - "$out" "$1" <<'END' 2>&1
import json, sys, jsonschema
value = json.loads(sys.argv[1])
schema = json.load(open("reports/slots.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(value)
a = value["slots"][0]
if not eval(sys.argv[2]):
    print(value)
END
}

# ---- Misuse

try slot
tap "slot needs a second word" "$(wrong_unless 64 "slot needs a second word")"
try slot opne A
tap "a misspelt second word is refused with the nearest" "$(wrong_unless 64 "did you mean slot open?")"
for command in open close clear; do
	try slot $command --bench one-slot --operator X --why y
	[ $command = clear ] || try slot $command --bench one-slot --operator X
	tap "slot $command needs a slot" "$(wrong_unless 64 "NAME is missing")"
	try slot $command A --operator X
	[ $command != clear ] || try slot $command A --operator X --why y
	tap "slot $command needs a bench" "$(wrong_unless 64 "--bench FILE is missing")"
	try slot $command A --bench one-slot
	[ $command != clear ] || try slot $command A --bench one-slot --why y
	tap "slot $command needs a person" "$(wrong_unless 64 "--operator NAME is missing: who says so?")"
	try slot $command A --bench one-slot --operator " "
	[ $command != clear ] || try slot $command A --bench one-slot --operator " " --why y
	tap "slot $command takes no blank for a person" "$(wrong_unless 64 "nobody is named")"
done
slot clear
tap "slot clear needs a reason" "$(wrong_unless 64 "--why TEXT is missing: what was mended?")"
slot clear --why "  "
tap "blanks are no reason" "$(wrong_unless 64 "--why TEXT is missing")"
slot clear --why "$(printf 'a\033[2Jb')"
tap "a reason that would move a cursor is refused" "$(wrong_unless 64 "the reason has control characters")"
slot clear --why "$(printf 'x%.0s' {1..240})"
tap "a reason that is too long is refused, not cut" "$(wrong_unless 64 "--why: at most 239 bytes are kept")"
try slot close B --bench one-slot --operator X
tap "a slot that does not exist is refused" "$(wrong_unless 64 "bench one-slot has no slot 'B'")"
try slot list --bench one-slto
tap "a bench that does not exist is refused" "$(wrong_unless 64 "there is no one-slto.yaml")"
slot close
tap "a slot that is not open cannot be closed" "$(wrong_unless 64 "slot A is not open")"
slot clear --why x
tap "a slot that is not locked out cannot be cleared" "$(wrong_unless 64 "slot A is not locked out")"
tap "none of this has written a line" "$([ ! -e "$record" ] || cat "$record")"
try slot open A --bench one-slot --operator X
tap "a bench whose instruments are not there is no finding" "$(wrong_unless 70 "no serial port")$([ ! -e "$record" ] || cat "$record")"

# ---- The record

try slot list --bench one-slot
tap "without a record every slot is usable" "$(wrong_unless 0 "record $record" "usable")"
try slot list --bench one-slot --json
tap "so it is as JSON" "$(json 'a["usable"] and a["last"] is None and value["damage"] is None')"
given "$(line locked-out "relay-welded: on" 1a2b3c)"
try slot list --bench one-slot
tap "a lock-out is listed with since, by and why" "$(wrong_unless 0 "LOCKED OUT  2026-11-23 18:01:02 UTC  A. Person" "relay-welded: on (run 1a2b3c)")"
try slot list --bench one-slot --json
tap "and as JSON" "$(json 'not a["usable"] and a["locked_out"]["run"] == "1a2b3c" and a["open"] is None')"
slot close
tap "closing does not lift a lock-out" "$(wrong_unless 64 "slot A is not open")"
slot clear --why "relay 1 replaced"
tap "clearing says what holds now" "$(wrong_unless 0 "slot A: cleared by A. Person; runs may use it")"
tap "and is one more line with name and reason" "$([ "$(wc -l <"$record")" = 2 ] && tail -n 1 "$record" |
	grep -qE '^\{"utc":"[0-9TZ:.-]{27}","bench":"one-slot","slot":"A","what":"cleared","by":"A. Person","why":"relay 1 replaced","run":""\}$' ||
	cat "$record")"
given "$(line opened)" "$(line locked-out)"
slot close
tap "closing a slot that is locked out leaves it so" "$(wrong_unless 0 "slot A: closed by A. Person; it is still locked out since 2026-11-23")"
given "$(line opened)" "$(line locked-out)"
slot clear --why x
tap "clearing a slot that is open leaves it so" "$(wrong_unless 0 "slot A: cleared by A. Person; it is still open since 2026-11-23")"
given "$(line opened)"
slot open
tap "a slot that is open cannot be opened" "$(wrong_unless 64 "slot A is open already, since 2026-11-23 18:01:02 UTC by A. Person")"
given "$(line locked-out | sed 's/"slot":"A"/"slot":"Old"/')"
try slot list --bench one-slot
tap "a slot that the bench file lost is listed" "$(wrong_unless 0 "Old         LOCKED OUT" "the bench file has no such slot any more")"
try slot clear Old --bench one-slot --operator X --why renamed
tap "and can be cleared" "$(wrong_unless 0 "slot Old: cleared by X")"
given "$(line opened | sed 's/"slot":"A"/"slot":"Old"/')" "$(line closed | sed 's/"slot":"A"/"slot":"Old"/')"
try slot open Old --bench one-slot --operator X
tap "but not opened" "$(wrong_unless 64 "the bench file has no slot 'Old' any more: it cannot be switched")"

# ---- What is refused for it

touch "$TMPDIR/none.ota"
given "$(line locked-out "relay-welded: on" 1a2b3c)"
try check --bench one-slot
tap "check shows a lock-out as a problem with its line and a way out" "$(wrong_unless 64 \
	"$record:1:1: slot A is locked out since 2026-11-23 18:01:02 UTC: relay-welded: on (run 1a2b3c); hilrig slot clear A --bench one-slot --operator NAME --why TEXT after it was mended")"
try check --bench one-slot --json
tap "also as JSON" "$(python3 -c 'import json, sys; p, = json.loads(sys.argv[1])["problems"]; assert p["line"] == 1, p' "$out" 2>&1)"
try run ota-journey --bench one-slot --load one-slot --set image="$TMPDIR/none.ota" --to 1 --out "$TMPDIR/out"
tap "run refuses it before anything is made" "$(wrong_unless 64 "slot A is locked out since")$([ ! -e "$TMPDIR/out" ] || echo "there is evidence")"
given "$(line opened)"
try run ota-journey --bench one-slot --load one-slot --set image="$TMPDIR/none.ota" --to 1 --out "$TMPDIR/out"
tap "run refuses a slot that is open" "$(wrong_unless 64 "slot A is open since 2026-11-23 18:01:02 UTC (A. Person)" \
	"hilrig slot close A --bench one-slot --operator NAME once it is put together again")"
try off --bench one-slot
tap "off does not ask" "$(wrong_unless 70 "no serial port")"
try plan ota-journey --bench one-slot
tap "nor does plan, which touches nothing" "$(wrong_unless 0 "10 steps")"

# ---- Damage

given "$(line cleared)" "$(line locked-out | head -c 40)"
try check --bench one-slot
tap "a damaged line counts as a lock-out, and is named" "$(wrong_unless 64 "$record:2:1: this line is damaged (it is no JSON), so every slot" \
	"hilrig slot clear NAME --bench one-slot --operator NAME --why TEXT")"
try slot list --bench one-slot
tap "slot list names it too" "$(wrong_unless 64 "LOCKED OUT" "$record:2: this line is damaged (it is no JSON)")"
try slot list --bench one-slot --json
tap "as JSON it is a state" "$(json 'not a["usable"] and a["locked_by_damage"] and value["damage"]["line"] == 2')"
slot clear --why "power cut while it was written; relay tried"
tap "clearing is the way out" "$(wrong_unless 0 "runs may use it")"
try slot list --bench one-slot
tap "and nothing is damaged any more for those who ask" "$(wrong_unless 0 "usable")"
tap "although the line is still there" "$([ "$(wc -l <"$record")" = 3 ] || cat "$record")"
given "$(line locked-out | sed 's/one-slot/other/')"
try check --bench one-slot
tap "a line of another bench is damage" "$(wrong_unless 64 "'bench' is not this bench")"
given "$(line closed)"
printf '%s' "$(line closed)" >>"$record"
try check --bench one-slot
tap "a line that was cut off is damage" "$(wrong_unless 64 "$record:2:1: this line is damaged (it is cut off)")"
rm "$record"
mkfifo "$record"
try check --bench one-slot
tap "a record that is no file is an error, not an empty record" "$(wrong_unless 64 "which slots are locked out cannot be read" "not a regular file")"
rm "$record"

# ---- No place for it

for command in "check --bench one-slot" "slot list --bench one-slot" "slot close A --bench one-slot --operator X"; do
	# shellcheck disable=SC2086
	out=$(env -u HOME -u XDG_STATE_HOME "$HILRIG" $command 2>&1 </dev/null)
	code=$? err=
	tap "without a home ${command%% --*} says what to set" "$(wrong_unless 64 "neither HOME nor XDG_STATE_HOME names a folder" "set HOME")"
done
out=$(env -u HOME -u XDG_STATE_HOME "$HILRIG" off --bench one-slot 2>&1)
code=$? err=
tap "off needs no home" "$(wrong_unless 70 "no serial port")"

# ---- Two at once

given "$(line locked-out)"
for number in 1 2 3 4; do
	"$HILRIG" slot clear A --bench one-slot --operator "P$number" --why x >"$TMPDIR/at-once.$number" 2>&1 &
done
wait
tap "of several who clear at once one does, and the others are told" "$(
	[ "$(cat "$TMPDIR"/at-once.* | grep -c 'cleared by P')" = 1 ] || cat "$TMPDIR"/at-once.*
	[ "$(cat "$TMPDIR"/at-once.* | grep -c 'slot A is not locked out')" = 3 ] || cat "$TMPDIR"/at-once.*
	[ "$(wc -l <"$record")" = 2 ] || cat "$record")"
tap_end
