#!/bin/bash
# Simulated nights: the demo, and 64 slots from the first energised instant to the last. Virtual hours, wall time, and the
# largest resident size, which must not grow with the night's length.
set -euo pipefail
hilrig=${HILRIG:-build/hilrig}
dir=$(mktemp -d "${TMPDIR:-/tmp}/hilrig-simulated.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# A bench of 64 slots on eight relay boards, half of them over ZigBee and half over a serial loader, as the shipped one, and its load sheet.
python3 - "$dir" <<'P'
import re, sys
bench = open("scenarios/benches/sim.yaml").read()
head, slots = bench.split("slots:\n")
air, rest = slots.split("  S02:\n")
serial = "  S02:\n" + rest.split("  S03:\n")[0]
for word, as_first in (("S02", "S01"), ("relays1.2", "relays1.1"), ("pins.101", "pins.100"), ("pins.201", "pins.200"), ("pins.301", "pins.300"),
                       ("hub-02", "hub-01"), ("meter-02", "meter-01")):
    serial = serial.replace(word, as_first)
tail = rest[rest.index("uncertainty:"):]
head = re.sub(r"  relays1: .*\n  relays2: .*\n  relays3: .*\n", "".join(
    f"  relays{n}: {{driver: modbus, profile: waveshare-relay-8, port: {{path: simulated-bus-{n}}}, baud: 9600, unit: 1}}\n"
    for n in range(1, 9)), head).replace("world: sixteen", "world: well").replace("bench: sim", "bench: sixty-four")
def of(n):
    return ((serial if n % 2 else air).replace("S01", f"S{n + 1:02d}").replace("relays1.1", f"relays{n // 8 + 1}.{n % 8 + 1}").replace("rcd1", f"rcd{n // 8 + 1}")
            .replace("pins.100", f"pins.{100 + n}").replace("pins.200", f"pins.{200 + n}").replace("pins.300", f"pins.{300 + n}")
            .replace("hub-01", f"hub-{n + 1:02d}").replace("meter-01", f"meter-{n + 1:02d}"))
open(f"{sys.argv[1]}/bench.yaml", "w").write(head + "slots:\n" + "".join(map(of, range(64))) + tail)
with open(f"{sys.argv[1]}/load.yaml", "w") as load:
    load.write("load: sixty-four\nslots:\n")
    for n in range(64):
        load.write(f"  S{n + 1:02d}:\n    meter: {{guid: 00-DB-12-34-56-78-91-{n:02X}, known: scanned, manufacturer: 10FF, model: \"00010001\", firmware: 0002012F, build: engineering}}\n"
                   f"    hub: {{guid: 00-DB-12-34-56-79-91-{n:02X}, known: scanned, model: \"0101AB02\", firmware: 00000102, region: North, kind: test}}\n")
P

measured() { # NAME ARGUMENT...: wall time, largest resident size, virtual hours; leaves $kb
	local name=$1 line
	shift
	line=$(python3 - "$@" <<'P'
import resource, subprocess, sys, time
begin = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
print(f"{time.monotonic() - begin:.2f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss} {done.returncode} {done.stderr.strip()}")
P
)
	read -r seconds kb code rest <<<"$line"
	hours=$(tail -qn 1 "$dir"/out/*/journal.jsonl | sed 's/.*"t_ns":\([0-9]*\).*/\1/' | sort -n | tail -n 1 | awk '{ printf "%.2f", $1 / 3.6e12 }')
	[ "$code" = 0 ] || { echo "$name: ended with $code $rest"; exit 1; }
	echo "$name: $hours virtual hours in $seconds s, at most $kb kB resident"
	rm -rf "$dir/out"
}

measured "demo, 20 slots" "$hilrig" demo --quiet --out "$dir/out"
night=("$hilrig" run ota-journey --bench "$dir/bench.yaml" --load "$dir/load.yaml" --set image=example-00020130.ota --out "$dir/out" --quiet)
measured "64 slots" "${night[@]}" --set watch=60min
short=$kb
measured "64 slots" "${night[@]}" --set watch=460min
echo "resident size of the long night against the short one: $(awk "BEGIN { printf \"%.3f\", $kb / $short }")"
