#!/bin/bash
# The simulated dongle and devices, and our frames, against zigbee-herdsman as it is published: it forms and resumes networks on the dongle,
# interviews devices and upgrades them; and its codecs read what ours write, and the other way round.
# helpers/bring_in_herdsman brings it in.
set -u
. tests/tap.sh
if ! modules=$(tests/peers/helpers/bring_in_herdsman 2>"$TMPDIR/why"); then
	tap_skip "zigbee-herdsman" "$(tail -n 1 "$TMPDIR/why")"
	tap_end
fi

# ---- Frames ----

frames=$BUILD/tests/peers/helpers/frames count=5000
codecs() { node tests/peers/herdsman_frames.js "$modules" "$@"; }
complaint() { # FILE FILE: what differs, or that there is nothing to compare
	[ "$(wc -l <"$1")" = $count ] || echo "$(wc -l <"$1") frames instead of $count"
	diff "$1" "$2" | cut -c1-400 | head -n 6
}
for seed in 1 2; do
	"$frames" make $seed $count >"$TMPDIR/ours"
	cut -d' ' -f1,2 "$TMPDIR/ours" | codecs show >"$TMPDIR/read" 2>&1
	tap "it reads $count of our frames as they were meant (seed $seed)" "$(complaint "$TMPDIR/ours" "$TMPDIR/read")"
	codecs make $seed $count >"$TMPDIR/theirs" 2>&1
	cut -d' ' -f1,2 "$TMPDIR/theirs" | "$frames" show >"$TMPDIR/read"
	tap "we read $count of its frames as they were meant (seed $seed)" "$(complaint "$TMPDIR/theirs" "$TMPDIR/read")"
done
sed '2s/0/1/' "$TMPDIR/theirs" >"$TMPDIR/changed"
tap "a frame that differs is found" "$([ -n "$(complaint "$TMPDIR/changed" "$TMPDIR/read")" ] || echo "no complaint")"

# ---- The dongle ----

head -c 8000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 2>/dev/null >"$TMPDIR/payload" # no two blocks alike
"$HILRIG" image make "$TMPDIR/image" --payload "$TMPDIR/payload" --manufacturer AB01 --type 010A --version 00020130 >/dev/null
head -c 3000 "$TMPDIR/payload" >"$TMPDIR/short"
"$HILRIG" image make "$TMPDIR/small" --payload "$TMPDIR/short" --manufacturer AB01 --type 010A --version 00020130 >/dev/null

begin_plant() { # OPTION...
	: >"$TMPDIR/plant"
	rm -rf "$TMPDIR/host" && mkdir "$TMPDIR/host"
	"$BUILD/plant" --truth "$TMPDIR/truth" --dongle pty@115200 --dongle-set form=200ms "$@" >"$TMPDIR/plant" &
	plant=$!
	timeout 10 sh -c "until grep -qx ready '$TMPDIR/plant'; do sleep 0.02; done"
	port=$(sed -n 's/^port dongle //p' "$TMPDIR/plant")
}
end_plant() {
	kill $plant
	wait $plant 2>/dev/null
}
host() { # IMAGE METER...: herdsman's words into $said
	said=$(timeout 120 node tests/peers/herdsman.js "$modules" "$port" "$1" "$TMPDIR/host" "${@:2}" 2>&1)
}
says() { # LINE...: each as it stands
	local line
	for line; do grep -qxF "$line" <<<"$said" || printf 'not there: %s\n' "$line"; done
	grep '^error\|^failed' <<<"$said"
}
received() { # IEEE FILE: that the device had the file whole, and found it good
	grep -qF "\"fact\":\"ota-whole\",\"text\":\"$1 00020130 good $(sha256sum "$2" | cut -d' ' -f1)\"" "$TMPDIR/truth" ||
		grep '"ota-' "$TMPDIR/truth" || echo "the device received nothing"
}

# Its answer is dropped, and asked for again after 5 s, where a question comes before it has seen the confirmation of the answer before
# (its issue 1852): its devices take their time.
slow=turnaround=30ms,verify=100ms,boot=100ms
meter=0x00124b0000000a01 socket=0x00124b0000000b02
begin_plant --device $slow,ieee=00124B0000000A01 --device $slow,ieee=00124B0000000B02,kind=socket,join=2s
host "$TMPDIR/image" $meter $socket
tap "it forms a network and finds the endpoints that it registered" \
	"$(says "started reset" "formed 1A62 0x0102030405060708 15" "coordinator 0x00124b0012345678 15 endpoints")"
tap "it interviews a meter of Smart Energy" "$(says "interviewed $meter Router Hilrig Meter AB01 0109 in 0000,0702 out 0019")"
tap "and a socket of Home Automation" "$(says "interviewed $socket Router Hilrig Socket AB01 0104 in 0000,0006 out 0019")"
tap "it upgrades the meter, which then says the new version" \
	"$(says "upgraded $meter 0002012F 00020130"; received 00124B0000000A01 "$TMPDIR/image")"
tap "and the socket" "$(says "upgraded $socket 0002012F 00020130"; received 00124B0000000B02 "$TMPDIR/image")"
host none
tap "it resumes the network that it formed, from the dongle's memory" "$(says "started resumed" "formed 1A62 0x0102030405060708 15")"
end_plant

begin_plant --seed 3 --device $slow,ieee=00124B0000000A01,loss-to=15000,loss-from=15000,latency=2ms..20ms
host "$TMPDIR/small" $meter
tap "it upgrades a meter whose frames get lost" "$(says "upgraded $meter 0002012F 00020130"; received 00124B0000000A01 "$TMPDIR/small")"
end_plant

begin_plant --dongle-set z-stack=1.2 --device $slow,ieee=00124B0000000A01,sleepy=1s
host "$TMPDIR/small" $meter
tap "it forms a network with Z-Stack 1.2, and upgrades a meter that sleeps" \
	"$(says "formed 1A62 0x0102030405060708 15" "upgraded $meter 0002012F 00020130"; received 00124B0000000A01 "$TMPDIR/small")"
host none
tap "and resumes that network too" "$(says "started resumed")"
end_plant
tap_end
