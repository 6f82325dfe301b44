#!/bin/bash
# A night over each serial loader, rehearsed in virtual time: the image goes to the simulated meter by the protocol that the
# bench file names, is activated once, and its version is read back.
set -u
. tests/tap.sh
benches=scenarios/benches
answers=1 # to an activation

# NAME BENCH HEX...: runs the night on BENCH; each HEX went over the line to the meter, in one piece.
night() {
	local name=$1 bench=$2 folder hex
	shift 2
	try run ota-journey --bench "$bench" --load one-slot --set image=example-00020130.ota --rehearse well --out "$TMPDIR/$name" --quiet --truth "$TMPDIR/truth"
	wrong_unless 0 "read back 00020130, wanted 00020130"
	folder=$(sed -n 's/^evidence: //p' <<<"$out")
	"$HILRIG" verify "$folder" >"$TMPDIR/verified" 2>&1 || cat "$TMPDIR/verified"
	for hex; do grep -q "^[0-9]* > .*$hex" "$folder/raw/A.upgrade.log" || echo "not sent: $hex"; done
	[ "$(grep -c '"data":{"state":"accepted"' "$folder/journal.jsonl")" = $answers ] || echo "it was not accepted $answers times"
	[ "$(grep -c '"fact":"first-block"' "$TMPDIR/truth")" = 1 ] || echo "the truth does not know one first block"
	[ "$(grep -c '"data":{"state":"sent"' "$folder/journal.jsonl")" = 1 ] || echo "it was not sent once"
}

hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; } # TEXT

for protocol in xmodem-1k xmodem-128 ymodem; do
	sed "s/protocol: xmodem-1k/protocol: $protocol/" $benches/one-slot.yaml >"$TMPDIR/$protocol.yaml"
	case $protocol in
	xmodem-1k) first=0201fe ;;
	xmodem-128) first=0101fe ;;
	ymodem) first=0100ff$(hex firmware.bin)00$(hex "$(wc -c <firmware-images/example-00020130.ota) 0") ;;
	esac
	tap "$protocol carries the image" "$(night $protocol "$TMPDIR/$protocol.yaml" $first)"
done

# MCUmgr's server needs no commands: what is said for them is taken out of the file.
sed 's/protocol: xmodem-1k/protocol: smp/; /enter: {send/d; /activate: {send/d; /version: {send/d' $benches/one-slot.yaml >"$TMPDIR/smp.yaml"
tap "smp carries the image, activates it and reads the version" "$(night smp "$TMPDIR/smp.yaml" 0609)"
sed 's/protocol: smp,/protocol: smp, mark: test,/; s/^              isolation.*M7.*/&/' "$TMPDIR/smp.yaml" >"$TMPDIR/smp-test.yaml"
tap "an image may be marked for one start" "$(night smp-test "$TMPDIR/smp-test.yaml" 0609)"

# The shipped example: a step for the line, a login, another rate, and YMODEM in the middle.
tap "a script brings the meter there, pushes the image, and reads the version" \
	"$(night script $benches/one-slot-scripted.yaml "$(hex "login 1234")" "$(hex "speed 115200")" "$(hex load)" "0100ff$(hex firmware.bin)")"

# The shipped example: the menu is fixed; the file says how to come there and how the firmware tells its version.
answers=0 # "run" has none
tap "a Gecko boot loader's menu takes the image and runs it" \
	"$(night gecko $benches/one-slot-gecko.yaml "$(hex boot)" "31" "0101fe" "32")"
answers=1

# The shipped example: the program is a simulated one, and what it says on the line is not ours.
try check --bench $benches/one-slot-tool.yaml
tap "a bench with a program of somebody else's is consistent" "$(wrong_unless 0)"
tap "a program brings the image, activates it and prints the version" "$(night tool $benches/one-slot-tool.yaml)"
printed() { grep -q "^[0-9]* < .*$(hex "$1")" "$folder/raw/A.upgrade.log" || echo "not kept: $1"; } # TEXT
folder=$(echo "$TMPDIR"/tool/*)
tap "what it prints is kept, and told in the journal" "$(printed "progress: 100 %"; printed "firmware 00020130"
	grep -q '"name":"A.upgrade.log","sha256"' "$folder/journal.jsonl" || grep '"kind":"raw"' "$folder/journal.jsonl")"
cat >"$TMPDIR/stays.yaml" <<'WORLD'
world: stays
begins: 2026-11-23T18:00:00Z
slots:
  A: {meter: {rolls_back: true}}
WORLD
try run ota-journey --bench $benches/one-slot-tool.yaml --load one-slot --set image=example-00020130.ota --rehearse "$TMPDIR/stays.yaml" \
	--out "$TMPDIR/stays" --quiet
tap "that it ends well is no success: the version read back is" "$(wrong_unless 1 "read back 0002012F, wanted 00020130")"
tap_end
