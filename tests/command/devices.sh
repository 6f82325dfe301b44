#!/bin/bash
# hilrig devices: the list of two worked nights, with lists and populations of others, and what it refuses.
set -u
. tests/tap.sh

long=tests/scenarios/reboot-240s short=tests/scenarios/reboot-20s
meter=00-DB-12-34-56-78-90-A0

devices() { # ARGUMENT...: into $out, $err and $code
	out=$("$HILRIG" devices "$@" 2>"$TMPDIR/err")
	code=$?
	err=$(cat "$TMPDIR/err")
}

wrong_unless_has() { # TEXT PATTERN...: what is not in the text
	local text=$1 pattern
	shift
	for pattern; do
		grep -qF -- "$pattern" <<<"$text" || printf 'not there: %s\n' "$pattern"
	done
}

json() { # EXPRESSION: of the object d that was printed
	python3 -c 'import json, sys; d = json.load(sys.stdin); print('"$1"')' <<<"$out"
}

devices $long --csv
tap "a reboot of 240 s is grade A with its exact length" "$(wrong_unless_has "$out" "$meter,scanned," \
	",1,240.000000000,240.000000000," ",false,more,expected-seen,firmware-activate,A,")"
tap "the first line names the columns" "$(wrong_unless_has "$(head -1 <<<"$out")" \
	guid,known,manufacturer,model,firmware_from,firmware_to,hub_guid,hub_model,activations,t_lo_s,t_hi_s,u_s,open,outage,ad1,cause,grade,runs)"

devices $short
tap "a reboot of 20 s is not shown affected, with its k" "$([ $code = 0 ] || echo "exit $code")$(wrong_unless_has "$out" \
	"Of 1 meter activated, 0 starved their hub for more than three minutes; 1 was not shown affected" \
	"TESTED, NOT SHOWN AFFECTED (N): 1" "not shown affected in 1 valid activation" "its own rate is at most 95.0 %")"
tap "nothing is projected without a sampling plan" "$(wrong_unless_has "$out" "applies to the devices tested only")"

devices $short $long --json
tap "two nights of one meter are one row, decided by the worse" "$([ "$(json '[(x["activations"], x["affected_activations"],
	x["grade"], x["tested"]["t_lo_ns"]) for x in d["devices"]]')" = "[(2, 1, 'A', 240000000000)]" ] || echo "$out")"
first=$out
devices $long $short --json
tap "the order of folders does not matter" "$([ "$out" = "$first" ] || echo "$out")"
devices $long $long --csv
tap "a folder given twice counts once" "$(wrong_unless_has "$out" ",1,240.000000000,")"

printf '%s\r\n' "# from the supplier" 00:db:12:34:56:78:90:a0 00DB1234567890A1 >"$TMPDIR/supplier.txt"
devices $long --list "$TMPDIR/supplier.txt"
tap "a list is laid beside what was measured" "$(wrong_unless_has "$out" "ON A LIST ONLY (D): 1" "00-DB-12-34-56-78-90-A1" \
	"named on a list only, not tested" "supplier.txt names 2: 1 affected (A)" "0 of grade A or B are not on it")"
printf 'guid,model\n00-DB-12-34-56-78-90-A7,010A030B\n' >"$TMPDIR/same-model.csv"
devices $long --list "$TMPDIR/same-model.csv" --json
tap "an untested meter of an affected stratum is grade C" "$([ "$(json '[x["grade"] for x in d["devices"]]')" = "['A', 'C']" ] || echo "$out")"
devices $short --field "$TMPDIR/supplier.txt" --csv
tap "field evidence is grade B, also for a meter that the bench did not show affected" "$([ "$(cut -d, -f1,17 <<<"$out" |
	sed 1d | paste -sd' ')" = "$meter,B 00-DB-12-34-56-78-90-A1,B" ] || echo "$out")"

"$HILRIG" devices $short --json | python3 -c '
import csv, json, sys
d = json.load(sys.stdin)["strata"][0]
key = ["manufacturer", "model", "hardware", "firmware_from", "firmware_to", "hub_model"]
out = csv.writer(sys.stdout)
out.writerow(key + ["size", "frame", "method", "dates"])
out.writerow([d[k] for k in key] + [15, "installed base, list of 2026-11-01", "simple random", "2026-11-02"])
' >"$TMPDIR/plan.csv"
devices $short --populations "$TMPDIR/plan.csv" --json
tap "a sampling plan gives an interval and a residual" "$([ "$(json '(d["strata"][0]["projection"]["population"],
	d["total"]["affected_most"], d["total"]["residual"], d["strata"][0]["plan"])')" = "(15, 14, 14, 15)" ] || echo "$out")"
tap "it is said in words too" "$(devices $short --populations "$TMPDIR/plan.csv"; wrong_unless_has "$out" \
	"of N = 15: between 0 and 14 affected, at most 14 more (95.0 % over all strata together)" \
	"All strata: between 0 and 14 affected")"

devices $short $long --list "$TMPDIR/supplier.txt" --field "$TMPDIR/same-model.csv" --populations "$TMPDIR/plan.csv" --json
tap "its JSON is what the schema says" "$(python3 -c '
import json, sys, jsonschema
with open("reports/devices.schema.json") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
for error in jsonschema.Draft202012Validator(schema).iter_errors(json.load(sys.stdin)):
    print(error.json_path, error.message)
' <<<"$out" 2>&1)"

cp -r $short "$TMPDIR/damaged"
sed -i '20s/"t_ns":/"t_ns":1/' "$TMPDIR/damaged/journal.jsonl"
devices $long "$TMPDIR/damaged"
tap "a damaged journal ends it with 65, its line, and no list" "$([ $code = 65 ] || echo "exit $code")$([ -z "$out" ] ||
	echo "$out")$(wrong_unless_has "$err" "damaged/journal.jsonl: line 20")"
devices "$TMPDIR/nothing-here"
tap "a folder that is none is refused" "$([ $code = 64 ] || echo "exit $code: $err")"
printf 'guid\n%s\n00-DB-12\n' $meter >"$TMPDIR/short.csv"
devices $long --list "$TMPDIR/short.csv"
tap "a GUID that is none is refused with its line" "$([ $code = 64 ] || echo "exit $code")$(wrong_unless_has "$err" \
	"short.csv:3: '00-DB-12' is no GUID")"
sed 's/simple random//' "$TMPDIR/plan.csv" >"$TMPDIR/no-method.csv"
devices $short --populations "$TMPDIR/no-method.csv"
tap "a plan without a method is refused" "$([ $code = 64 ] || echo "exit $code")$(wrong_unless_has "$err" "frame, method and dates")"
devices $short --json --csv
tap "one form at a time" "$([ $code = 64 ] || echo "exit $code")"
"$HILRIG" demo --quiet --out "$TMPDIR/mixed" >/dev/null
cp -r tests/scenarios/reboot-240s "$TMPDIR/mixed/"
try devices "$TMPDIR/mixed"
tap "simulated meters are never mixed into the list" "$(wrong_unless 0 "Of 1 meter activated" "1 simulated run is left out" ; grep -F 00-DB-12-34-56-78-90-1A <<<"$out")"
try devices --simulated "$TMPDIR/mixed"
tap "and stand in one of their own, which says so" "$(wrong_unless 0 "SIMULATED" "Of 17 meters activated" "1 real run is left out")"
try devices --simulated --json "$TMPDIR/mixed"
tap "as JSON, too" "$(python3 -c 'import json, sys; assert json.loads(sys.argv[1])["simulated"] is True' "$out" 2>&1)"
tap_end
