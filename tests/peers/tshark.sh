#!/bin/bash
# The frames that the OTA server and the simulated devices send, against tshark: it dissects each, none is malformed, and each field is
# what it was meant to be. Two bytes it does not look at: the MinimumBlockPeriod of a WAIT_FOR_DATA (4.0 has no field for it there).
set -u
. tests/tap.sh
capture=$BUILD/tests/peers/helpers/capture
# In the order in which tshark prints them.
fields="zcl.type zcl.dir zcl.ddr zcl.cmd.tsn zcl.cmd.id zcl.cmd.id.rsp zcl.attr.id zcl.attr.status zcl.attr.data.type
	ota.cmd.srv_tx.id ota.cmd.srv_rx.id ota.attr_id ota.payload.type ota.query_jitter ota.status ota.manufacturer_code ota.image.type
	ota.file.version ota.hw_ver ota.image.size ota.file.offset ota.max_data_size ota.page.size ota.rsp_spacing ota.ieee_addr
	ota.min_block_period ota.data_size ota.image.data ota.current_time ota.request_time ota.upgrade_time"

if ! command -v tshark >/dev/null; then
	tap_skip "tshark" "there is no tshark (Debian package tshark)"
	tap_end
fi

options=()
for field in $fields; do
	case $field in
	zcl.*) options+=(-e "zbee_$field") ;;
	ota.*) options+=(-e "zbee_zcl_general.$field") ;;
	esac
done
# Reads a capture without a user's settings: one line a frame, of the fields that it has. A later tshark prints True for 1.
dissected() { # PCAP
	tshark -n -r "$1" -T fields "${options[@]}" 2>"$TMPDIR/tshark" | awk -F'\t' -v names="$fields" '
		BEGIN { count = split(names, name, /[ \t\n]+/) }
		{
			line = ""
			for (i = 1; i <= count; i++) {
				value = $i
				if (name[i] == "ota.image.data") gsub(/:/, "", value)
				if (value == "True" || value == "False") value = value == "True"
				if (value != "") line = line (line == "" ? "" : " ") name[i] "=" value
			}
			print line
		}'
	grep -v '^Running as user' "$TMPDIR/tshark" >&2
}
malformed() { tshark -n -r "$1" -Y "_ws.malformed or _ws.expert.severity >= warning or not zbee_zcl" 2>/dev/null; } # PCAP
complaint() { # EXPECTED PCAP LEAST: what differs, what is not whole, or that there is not enough to compare
	local frames
	frames=$(wc -l <"$1")
	[ "$frames" -ge "$3" ] || echo "$frames frames instead of $3"
	dissected "$2" 2>&1 | diff "$1" - | cut -c1-400 | head -n 6
	malformed "$2" | head -n 3
}

count=5000
for seed in 1 2; do
	"$capture" make $seed $count "$TMPDIR/made.pcap" >"$TMPDIR/made"
	tap "it dissects $count of our frames as they were meant (seed $seed)" "$(complaint "$TMPDIR/made" "$TMPDIR/made.pcap" $count)"
done
for command in tx.id=0x00 rx.id=0x01 tx.id=0x02 rx.id=0x03 rx.id=0x04 tx.id=0x05 rx.id=0x06 tx.id=0x07; do
	tap "command ${command#*=} was among them" "$(grep -q "ota.cmd.srv_$command" "$TMPDIR/made" || echo none)"
done
for status in 0x00 0x95 0x97; do
	tap "a block response with status $status was among them" "$(grep -q "tx.id=0x05 ota.status=$status" "$TMPDIR/made" || echo none)"
done

# What really crosses a dongle in a night: our OTA server's words and the simulated devices'.
try run ota-journey --bench sim-zigbee --load sim-zigbee --rehearse zigbee --set image=example-00020130.ota --out "$TMPDIR/runs" --quiet
"$capture" log "$TMPDIR/night.pcap" <"$(echo "$TMPDIR"/runs/*/raw/dongle.log)" >"$TMPDIR/night"
tap "it dissects a night's frames as we read them" "$(complaint "$TMPDIR/night" "$TMPDIR/night.pcap" 600)"
for frame in "tx.id=0x00" "tx.id=0x02 ota.status=0x00" "tx.id=0x05 ota.status=0x00" "tx.id=0x07"; do
	tap "the night had $frame" "$(grep -q "ota.cmd.srv_$frame" "$TMPDIR/night" || echo none)"
done

# The checks can fail.
sed '2s/tsn=[0-9]*/&1/' "$TMPDIR/made" >"$TMPDIR/changed"
tap "a field that differs is found" "$([ -n "$(complaint "$TMPDIR/changed" "$TMPDIR/made.pcap" $count)" ] || echo "no complaint")"
"$capture" cut 1 100 "$TMPDIR/cut.pcap" >/dev/null
tap "frames without their last byte are found" "$([ "$(malformed "$TMPDIR/cut.pcap" | wc -l)" -ge 50 ] || echo "only $(malformed "$TMPDIR/cut.pcap" | wc -l) of 100")"
tap_end
