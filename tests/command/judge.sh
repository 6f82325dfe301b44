#!/bin/bash
# hilrig judge and verify: exit codes, damaged evidence with file and line, folders of folders.
# That the verdicts are right is the matter of tests/scenarios/run.
set -u
. tests/tap.sh

night=tests/scenarios/reboot-240s
cp -r $night "$TMPDIR/night"
copy=$TMPDIR/night

try judge $night
tap "an outage above the limit ends with 1" "$(wrong_unless 1 "more than three minutes" "240.0000 s, U 0.0019 s" "expected-seen" \
	"clause unknown: a classification only")"
try judge tests/scenarios/reboot-20s
tap "one below ends with 0" "$(wrong_unless 0 "not-more" "20.0000 s")"
try judge tests/scenarios/edge-lost-straddling
tap "one that cannot be decided ends with 2" "$(wrong_unless 2 "inconclusive (rig)")"

mkdir "$TMPDIR/many"
cp -r tests/scenarios/reboot-20s tests/scenarios/edge-lost-straddling "$TMPDIR/many"
try judge "$TMPDIR/many"
tap "of several nights the worst code counts" "$(wrong_unless 2 "reboot-20s" "edge-lost-straddling")"
cp -r $night "$TMPDIR/many"
try judge "$TMPDIR/many" --json
tap "and a device above the limit beats the undecided" "$(wrong_unless 1 '"judgement"')"
tap "as JSON they are a list in order of their names" "$(python3 -c '
import json, sys
names = [one["folder"].rsplit("/", 1)[1] for one in json.load(sys.stdin)]
print("" if names == ["edge-lost-straddling", "reboot-20s", "reboot-240s"] else names, end="")' <<<"$out")"

try verify $night
head=$(tail -n 1 $night/journal.jsonl | sed 's/,"hash":.*//' | tr -d '\n' | sha256sum | cut -d' ' -f1)
tap "verify prints the head that sha256sum gives without hilrig" "$(wrong_unless 0 "whole: 89 lines" "$head")"

damage() { # SENTENCE LINE KIND: judge, verify and report on $copy as it is now, then repaired
	local sentence=$1 line=$2 kind=$3
	try judge "$copy"
	tap "$sentence: judge" "$(wrong_unless 65 "$copy/journal.jsonl: line $line: $kind"; [ -z "$out" ] || echo "it printed: $out")"
	try verify "$copy"
	tap "$sentence: verify" "$(wrong_unless 65 "journal.jsonl: line $line: $kind" DAMAGED)"
	try report make "$copy" --format json
	tap "$sentence: no report" "$(wrong_unless 65 "line $line"; [ ! -e "$copy/report.json" ] || echo "there is one")"
	cp $night/journal.jsonl "$copy"
}

sed -i '31s/"level":0/"level":1/' "$copy/journal.jsonl"
damage "a changed level" 31 "its bytes do not give its hash"
sed -i 40d "$copy/journal.jsonl"
damage "a missing line" 40 "does not follow the line before it"
truncate -s -1 "$copy/journal.jsonl"
damage "a cut last line" 89 "cut short"
: >"$copy/journal.jsonl"
damage "an empty journal" 1 "missing, the file is empty"

try judge "$TMPDIR/many" --json
printf x >>"$TMPDIR/many/reboot-240s/journal.jsonl"
try judge "$TMPDIR/many" --json
tap "one damaged night among others: nothing but its place is printed" "$(wrong_unless 65 "reboot-240s/journal.jsonl: line 90"; [ -z "$out" ] || echo "$out")"
try verify "$TMPDIR/many" --json
tap "verify goes on to the others" "$([ "$code" = 65 ] || echo "exit $code")$(python3 -c '
import json, sys
whole = [one["whole"] for one in json.load(sys.stdin)]
print("" if whole == [True, True, False] else whole, end="")' <<<"$out")"

printf 'bench: left-desk\n' >"$copy/bench.yaml"
try verify "$copy"
tap "a file that the journal names by another digest" "$(wrong_unless 65 "bench.yaml: changed: 17 bytes, journal.jsonl line 3 says 4120")"

mkdir "$TMPDIR/empty"
for wrong in "$TMPDIR/nothing" "$TMPDIR/empty" "$night/journal.jsonl"; do
	for command in judge verify "report make"; do
		# shellcheck disable=SC2086
		try $command "$wrong"
		tap "$command: what is no evidence is a usage error: ${wrong##*/}" "$(wrong_unless 64 "$wrong")"
	done
done
tap_end
