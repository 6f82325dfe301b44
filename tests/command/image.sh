#!/bin/bash
# hilrig image show, check, make: what people see of an image, what is refused, and that a certified run transfers no other.
set -u
. tests/tap.sh

seq -f 'line %g of what a meter runs' 40 >"$TMPDIR/payload"
head -c 64 "$TMPDIR/payload" >"$TMPDIR/signature"
inner=$(sha256sum "$TMPDIR/payload" | cut -c1-64)
meter=$TMPDIR/meter.ota
header=(--manufacturer AB01 --type 010A --version 00020130 --hardware 0300..030F)
fits_schema() { # TEXT
	python3 -c 'import json, sys, jsonschema; jsonschema.validate(json.loads(sys.argv[1]), json.load(open("reports/image.schema.json")))' "$1" 2>&1 | tail -n 1
}

try image make "$meter" --payload "$TMPDIR/payload" "${header[@]}" --string "a meter"
tap "image make shows what it has made, with both digests" "$(wrong_unless 0 "file version     00020130" "$(sha256sum "$meter" | cut -c1-64)" "$inner" "integrity code               right")"
try image make "$TMPDIR/again.ota" --payload "$TMPDIR/payload" "${header[@]}" --string "a meter"
tap "the same parts make the same bytes" "$(cmp "$meter" "$TMPDIR/again.ota" 2>&1)"
try image make "$TMPDIR/gbcs.ota" --payload "$TMPDIR/payload" "${header[@]}" --signature "$TMPDIR/signature"
tap "with a signature it is built as GBCS does, and the image inside has the same digest" "$(wrong_unless 0 "$inner" "signature of GBCS")"
try image make "$TMPDIR/x" --payload "$TMPDIR/payload" "${header[@]}" --signature "$TMPDIR/payload"
tap "a signature of another size is refused" "$(wrong_unless 64 "payload: 1151 bytes, at most 64 are read")$(ls "$TMPDIR/x" 2>/dev/null)"
for wrong in "--manufacturer AB011" "--type xyz" "--version" "--hardware 2..1"; do
	read -r option value <<<"$wrong"
	try image make "$TMPDIR/x" --payload "$TMPDIR/payload" --manufacturer 1 --type 1 --version 1 $option $value
	tap "image make refuses $wrong" "$(wrong_unless 64 -- "$option")$(ls "$TMPDIR/x" 2>/dev/null)"
done
try image make "$TMPDIR/x" "${header[@]}"
tap "without a payload nothing is made" "$(wrong_unless 64 "--payload FILE is missing")"
try image show "$meter" --json
tap "show --json is as its schema says" "$(wrong_unless 0 "\"inner_sha256\": \"$inner\"")$(fits_schema "$out")"

{ head -c 616 /dev/zero | tr '\0' '\36'; cat "$meter"; head -c 512 /dev/zero; } >"$TMPDIR/container.ota"
try image show "$TMPDIR/container.ota"
tap "an image in a container, with padding, is found, and the file said to be odd" "$(wrong_unless 0 "odd: something stands in front" "odd: something stands behind" "$inner")"
try image show "$TMPDIR/container.ota" --json
tap "in JSON too" "$(wrong_unless 0 '"file_at": 616' '"behind": 512')$(fits_schema "$out")"
head -c 200 "$meter" >"$TMPDIR/cut.ota"
try image show "$TMPDIR/cut.ota"
tap "one that is cut short is refused, with both lengths" "$(wrong_unless 64 "cut.ota: the image is cut short" "there are 200")"
try image show README.md
tap "what is no image is refused" "$(wrong_unless 64 "README.md: no ZigBee OTA header")"
try image show example-00020130.ota
tap "an image of the workspace is found by its name" "$(wrong_unless 0 "hilrig example")"
sed 's/line 7 of/line 8 of/' "$meter" >"$TMPDIR/changed.ota"
try image show "$TMPDIR/changed.ota"
tap "one that was changed is told, and ends with 1" "$(wrong_unless 1 "WRONG: the integrity code")"

try image check "$meter" --manufacturer AB01 --model 010A030B --firmware 0002012F
tap "image check says that it fits a meter" "$(wrong_unless 0 "it fits" "hardware 0300 to 030F")"
try image check "$meter" --manufacturer AB01 --model 010A040B --firmware 00020130 --json
tap "or that it does not, and what not" "$(wrong_unless 1 '"fits": false' '"what": "hardware", "fits": false' '"what": "version", "fits": false' '"what": "manufacturer", "fits": true')$(fits_schema "$out")"
try image check "$TMPDIR/changed.ota"
tap "a changed one fits nothing" "$(wrong_unless 1 "WRONG  integrity")"

printf 'entry,hash,model,firmware,status\nother,%064d,010A030B,00020130,Active\nCPL 17,%s,010A030B,00020130,Active\n' 0 "${inner^^}" >"$TMPDIR/cpl.csv"
try image check "$meter" --cpl "$TMPDIR/cpl.csv"
tap "its entry of the CPL is found by the hash, and the line for an order printed" "$(wrong_unless 0 "fits   CPL hash" "cpl: {entry: \"CPL 17\", hash: $inner}")"
try image check "$meter" --cpl "$TMPDIR/cpl.csv" --entry other
tap "another entry is another image" "$(wrong_unless 1 "WRONG  CPL hash")$(grep "for a test order" <<<"$out")"
try image check "$meter" --cpl "$TMPDIR/cpl.csv" --entry nobody
tap "an entry that is not there is told" "$(wrong_unless 64 "cpl.csv: no entry 'nobody'")"
try image check example-00020130.ota --cpl "$TMPDIR/cpl.csv"
tap "an image that no entry has is told" "$(wrong_unless 64 "no entry has the hash of the image inside")"
printf 'entry,hash\nA,123\n' >"$TMPDIR/bad.csv"
try image check "$meter" --cpl "$TMPDIR/bad.csv"
tap "a hash that is none is refused with its line" "$(wrong_unless 64 "bad.csv:2: '123' is no SHA-256")"
try image check "$meter" --entry A
tap "an entry without a list is refused" "$(wrong_unless 64 "--entry needs --cpl")"

# ---- What a run keeps, and what a certified one refuses ----
try run ota-journey --bench sim --load sim --rehearse well --set image=example-00020130.ota --slots S01 --out "$TMPDIR/runs"
folder=$(echo "$TMPDIR"/runs/*)
example=$(sha256sum firmware-images/example-00020130.ota | cut -c1-64)
tap "a run keeps both digests" "$(grep -q "^# the manufacturer's image in it: [0-9a-f]\{64\}, 8000 bytes" "$folder/images.sha256" || cat "$folder/images.sha256")$(
	grep -q "\"kind\":\"image\".*\"sha256\":\"$example\".*\"size_bytes\":8062,\"inner_sha256\":\"[0-9a-f]\{64\}\"" "$folder/journal.jsonl" || echo "no image line")"
tap "images.sha256 is one that sha256sum checks" "$(sha256sum -c --quiet "$folder/images.sha256" 2>&1)"

try drivers
tap "drivers says openly what a dongle cannot" "$(wrong_unless 0 "zigbee" "CBKE" "does not accept the")"
try drivers --json
tap "drivers --json is as its schema says" "$(python3 -c 'import json, sys, jsonschema; jsonschema.validate(json.loads(sys.argv[1]), json.load(open("reports/drivers.schema.json")))' "$out" 2>&1 | tail -n 1)"

bench=$TMPDIR/bench.yaml order=$TMPDIR/order.yaml
sed 's/^door: .*/&\nproofs: [{what: arm, by: "name", on: 2026-11-01, due: 2099-05-01}, {what: estop, by: "name", on: 2026-11-01, due: 2099-05-01}, {what: door, by: "name", on: 2026-11-01, due: 2099-05-01}]/' \
	scenarios/benches/one-slot.yaml >"$bench"
certified() { try check --bench "$bench" --load one-slot --scenario ota-journey --order "$order" --set "image=$1" --certify; } # IMAGE
cp scenarios/orders/example.yaml "$order"
certified "$meter"
tap "a certified run wants an order that names the entry" "$(wrong_unless 64 "order.yaml: a certified run needs 'cpl: {entry, hash}'")"
echo "cpl: {entry: \"CPL 17\", hash: $inner}" >>"$order"
certified "$meter"
tap "with its image it may run" "$(wrong_unless 0 "the CPL's entry CPL 17")"
certified "$TMPDIR/gbcs.ota"
tap "whatever the image is packed in" "$(wrong_unless 0 "the CPL's entry CPL 17")"
certified example-00020130.ota
tap "no other image is certified" "$(wrong_unless 64 "entry 'CPL 17' of the CPL has ${inner:0:16}")"
certified "$TMPDIR/changed.ota"
tap "nor one that was changed" "$(wrong_unless 64 "its integrity code does not agree with its bytes")"
certified "$TMPDIR/container.ota"
tap "nor what is hidden around a certified one" "$(wrong_unless 64 "there is more in it than one image")"
certified "$TMPDIR/payload"
tap "nor what is no OTA image" "$(wrong_unless 64 "nobody can tell whether it is entry 'CPL 17'")"
try run ota-journey --bench "$bench" --load one-slot --order "$order" --operator somebody --certify --set image=example-00020130.ota --out "$TMPDIR/none"
tap "a run refuses it before it opens anything" "$(wrong_unless 64 "entry 'CPL 17' of the CPL has ${inner:0:16}")$(ls "$TMPDIR/none" 2>/dev/null)"
try check --bench "$bench" --load one-slot --scenario ota-journey --order "$order" --set image=example-00020130.ota
tap "without certification it may, and is told" "$(wrong_unless 0 "CPL 17 IS ANOTHER ONE")"
sed 's/hash: .*/hash: 12}/' "$order" >"$TMPDIR/bad.yaml"
try check --bench "$bench" --order "$TMPDIR/bad.yaml"
tap "a hash that is none is refused in the order" "$(wrong_unless 64 "bad.yaml:" "'hash' must be the SHA-256")"

# ---- A run that was interrupted goes on with its own image ----
cp firmware-images/example-00020130.ota "$TMPDIR/own.ota"
try run ota-journey --bench sim --load sim --rehearse well --set "image=$TMPDIR/own.ota" --slots S01 --out "$TMPDIR/broken"
folder=$(echo "$TMPDIR"/broken/*)
python3 - "$folder" <<'PYTHON'
import hashlib, os, sys
folder = sys.argv[1]
lines = open(folder + "/journal.jsonl", encoding="utf-8").read().splitlines()[:200]
prev = "0" * 64
with open(folder + "/journal.jsonl", "w", encoding="utf-8") as out:  # as of a bench of hardware, and cut off
    for line in lines:
        body = line.replace('"environment":"simulated"', '"environment":"uit"')
        body = body[:body.rindex(',"prev":"')] + f',"prev":"{prev}"'
        prev = hashlib.sha256(body.encode()).hexdigest()
        out.write(f'{body},"hash":"{prev}"}}\n')
os.remove(folder + "/manifest.json")
PYTHON
cp "$meter" "$TMPDIR/own.ota"
try resume "$folder" --operator somebody
tap "another image under its name is refused before anything is opened" "$(wrong_unless 64 "own.ota: this is another image than the run began with" "put that one back")"
tap_end
