#!/bin/bash
# A night in which two meters get their firmware over the air and one over its serial loader, on the simulated bench: the shipped dongle
# machine and OTA server against a simulated dongle with its meters. The truth says what really happened.
set -u
. tests/tap.sh

night() { # WORLD OUT: into $folder, $truth
	try run ota-journey --bench sim-zigbee --load sim-zigbee --rehearse "$1" --set image=example-00020130.ota --out "$2" --truth "$2.truth"
	folder=$(echo "$2"/*)
	truth=$2.truth
}
line_of() { grep "\"kind\":\"$2\".*\"slot\":\"$1\"" "$folder/journal.jsonl"; } # SLOT KIND
activations() { grep -c "\"slot\":\"$1\",\"fact\":\"activation-received\"" "$truth"; } # SLOT
verdict() { # SLOT CASE: its conformity and validity
	"$HILRIG" judge "$folder" --json 2>/dev/null | python3 -c '
import json, sys
for verdict in json.load(sys.stdin)["verdicts"]:
    if verdict["slot"] == sys.argv[1] and verdict["case"] == sys.argv[2]:
        print(verdict["conformity"], verdict["validity"], verdict.get("t_lo_ns"))' "$1" "$2"
}
is() { [ "$1" = "$2" ] || echo "'$1', expected '$2'"; }

night zigbee "$TMPDIR/runs"
said=$out
tap "a night over ZigBee and serial comes to its verdicts" "$(wrong_unless 1 "slot Z1" "slot Z2" "slot S1")"
tap "a meter that reboots for 20 s is not more" "$(is "$(verdict Z1 outage)" "not-more valid 20000000000")"
tap "one that starves its hub for 240 s is" "$(is "$(verdict Z2 outage)" "more valid 240000000000")"
for slot in Z1 Z2 S1; do
	tap "$slot runs the new firmware" "$(is "$(verdict "$slot" firmware | cut -d' ' -f1)" pass)"
	tap "$slot was activated once, in truth" "$(is "$(activations "$slot")" 1)"
done
tap "in truth it had its first block when the rig says so" "$(python3 - "$truth" "$folder/journal.jsonl" <<'P'
import json, sys
truth, journal = [[json.loads(line) for line in open(path)] for path in sys.argv[1:]]
had = [line["t_ns"] for line in truth if line["slot"] == "Z1" and line["fact"] == "first-block"]
said = [line["t_ns"] for line in journal if line["kind"] == "phase" and line["slot"] == "Z1" and line["data"]["phase"] == "transfer"]
if len(had) != 1 or len(said) != 1 or abs(had[0] - said[0]) > 1e9: print(had, said)
P
)"
tap "the phases of an upgrade are told" "$(is "$(line_of Z1 phase | sed 's/.*"phase":"\([a-z]*\)".*/\1/' | paste -sd ' ')" "enter transfer verify hold activate confirm")"
tap "whoever looks on is told how far it is" "$(grep -q 'Z1  *image: 8062 of 8062 bytes, 100 %, 1\.[0-9] kB/s$' <<<"$said" || echo none)$(
	grep -q 'Z1  *image: [0-9]* of 8062 bytes, [0-9]* %, 1\.[0-9] kB/s, [0-9]* s left$' <<<"$said" || echo "no rate on the way")"
tap "so is its progress, to the last byte" "$(line_of Z1 progress | grep -q '"done_bytes":8062,"total_bytes":8062' || echo none)"
tap "the version before was read from the meter" "$(line_of Z1 identity | head -n 1 | grep -q '"firmware":"0002012F","known":"read"' || line_of Z1 identity)"
tap "every byte to and from the dongle is kept" "$([ -s "$folder/raw/dongle.log" ] || ls "$folder/raw")"
network="ZigBee network: PAN 1A62, extended PAN 00124B00ABCDEF01, channel 15, update id 0, coordinator 00124B00ABCDEF01, frame counter 1251"
"$HILRIG" report make "$folder" --format html --out "$TMPDIR/report" >"$TMPDIR/made" 2>&1
tap "what network it was is told in the journal and in the report, without its key" "$(
	grep -q "\"kind\":\"note\".*$network" "$folder/journal.jsonl" || grep '"ZigBee network' "$folder/journal.jsonl"
	grep -rq "$network" "$TMPDIR/report" || { cat "$TMPDIR/made"; ls "$TMPDIR/report"; }
	grep -rli 0102030405060708090a0b0c0d0e0f10 "$folder")"
try verify "$folder"
tap "the evidence is whole" "$(wrong_unless 0 whole)"
first=$folder
night zigbee "$TMPDIR/again"
tap "the same night gives the same bytes" "$(cmp "$first/journal.jsonl" "$folder/journal.jsonl" 2>&1)$(cmp "$first/raw/dongle.log" "$folder/raw/dongle.log" 2>&1)"

cat >"$TMPDIR/rolls.yaml" <<'WORLD'
world: rolls
begins: 2026-11-23T18:00:00Z
seed: 4
slots:
  Z1: {meter: {dips: [{after: 2s, for: 20s}], rolls_back: true}}
  Z2: {meter: {refuses: true}}
  S1: {meter: {version: 00020130}}
WORLD
night "$TMPDIR/rolls.yaml" "$TMPDIR/rolls"
tap "one that comes back with its old version fails, and is not activated again" "$(is "$(verdict Z1 firmware | cut -d' ' -f1-2)" "fail valid")$(is "$(activations Z1)" 1)"
tap "one that does nothing when it is activated fails" "$(is "$(verdict Z2 firmware | cut -d' ' -f1-2)" "fail valid")$(is "$(activations Z2)" 1)"
tap "one that runs the new version already is not activated" "$(is "$(activations S1)" 0)$(line_of S1 fault | grep -q other-firmware || echo "not told")"

sed 's/for: 20s}\], rolls_back: true/for: ever}]/' "$TMPDIR/rolls.yaml" >"$TMPDIR/ever.yaml"
night "$TMPDIR/ever.yaml" "$TMPDIR/ever"
tap "one that never comes back does not answer over the air either" "$(is "$(verdict Z1 firmware | cut -d' ' -f1-2)" "not-applicable inconclusive")$(is "$(line_of Z1 identity | grep -c '"known":"read"')" 1)"

sed '/Z2:$/,$ s/manufacturer: 10FF/manufacturer: 10FE/' scenarios/loads/sim-zigbee.yaml >"$TMPDIR/load.yaml"
try run ota-journey --bench sim-zigbee --load "$TMPDIR/load.yaml" --slots Z2 --rehearse zigbee --set image=example-00020130.ota --out "$TMPDIR/foreign" --truth "$TMPDIR/foreign.truth"
folder=$(echo "$TMPDIR"/foreign/*) truth=$TMPDIR/foreign.truth
tap "a meter of another maker asks for no image, and is nobody's bad device" "$(is "$(activations Z2)" 0)$(line_of Z2 fault | grep -q '"domain":"device"' && line_of Z2 fault)"
coded="--slots Z1 --rehearse zigbee --set image=example-00020130.ota"
label=83FED3407A939723A5C639B26916D505C3B5
sed "/Z1:\$/,/Z2:\$/ s/build: engineering/build: engineering, install_code: \"$label\"/" scenarios/loads/sim-zigbee.yaml >"$TMPDIR/coded.yaml"
# shellcheck disable=SC2086 # words
try run ota-journey --bench sim-zigbee --load "$TMPDIR/coded.yaml" $coded --out "$TMPDIR/coded"
folder=$(echo "$TMPDIR"/coded/*)
tap "an install code does not get into the evidence" "$(grep -q $label "$TMPDIR/coded.yaml" || cat "$TMPDIR/coded.yaml"
	grep -rli "$label\|66b6900981e1ee3ca4206b6b861c02bb" "$folder"
	grep -q 'install_code: "x\{36\}"' "$folder/load.yaml" || grep install_code "$folder/load.yaml"; verdict Z1 firmware | grep -v "^pass")"
# shellcheck disable=SC2086 # words
try run ota-journey --bench sim-zigbee --load "$folder/load.yaml" $coded --out "$TMPDIR/withheld"
tap "a load sheet of the evidence is a load sheet" "$(wrong_unless 0)"
sed "s/$label/${label:0:20}\n        ${label:20}/" "$TMPDIR/coded.yaml" >"$TMPDIR/lines.yaml"
# shellcheck disable=SC2086 # words
try run ota-journey --bench sim-zigbee --load "$TMPDIR/lines.yaml" $coded --out "$TMPDIR/lines"
tap "one that could not be kept out of it is refused" "$(wrong_unless 64 "an install code must stand on one line")"
try run ota-journey --bench sim-zigbee --load sim-zigbee --rehearse zigbee --set image=README.md --to 00020130 --out "$TMPDIR/none"
tap "what is no OTA image is not sent over the air" "$(wrong_unless 64 "over ZigBee only a ZigBee OTA image can be transferred")"
head -c 4000 README.md >"$TMPDIR/payload"
try image make "$TMPDIR/letters.ota" --payload "$TMPDIR/payload" --manufacturer 10FF --type 0001 --version 0002013A
try run ota-journey --bench sim-zigbee --load sim-zigbee --slots Z1 --rehearse zigbee --set image="$TMPDIR/letters.ota" --to 0002013a --out "$TMPDIR/letters" --truth "$TMPDIR/letters.truth"
folder=$(echo "$TMPDIR"/letters/*)
tap "a version named in lower case is the image's" "$(is "$(verdict Z1 firmware | cut -d' ' -f1-2)" "pass valid")"
tap_end
