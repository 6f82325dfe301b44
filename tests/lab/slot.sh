# One slot of the lab's bench, for cases that run the shipped program: `. "$LAB_ROOT/tests/lab/slot.sh"` after guest.sh.
# The plant plays relay board, meter and hub on gadget ttys and gpio-sim lines, and writes the truth to a file.
#
#   slot_start PLANT_OPTION ...   chip, gadget, files and the plant; `--dropout 240s` and the like
#   slot_run NAME [OPTION ...]    hilrig run in the background, output in NAME.out, evidence below NAME/; $supervisor is its pid
#   slot_ends WANTED              waits for it and compares the exit code
#   slot_waits_for S COMMAND ...   as wait_for, in steps of 10 s
#   slot_rig                      prints the pid of the rig
#   slot_evidence NAME            prints the evidence folder of that run
#   slot_judged NAME CASE         prints the verdict of a case: "more valid none"
#   slot_truth NAME               the outage after the activation, true against measured; fails if they differ by over 0.1 ms

slot_start() {
    local pins number
    gpio_chip rig rig-pins 48
    for number in 1 2 3 5; do gpio_pull rig $number up; done
    for number in 17 27 41; do gpio_pull rig $number down; done
    pins=$(dirname "$(ls -d /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio17)")
    usb_gadget slot 10c4:8a2a SLOT-A 3
    cp -r "$LAB_ROOT/tests/lab/bench/." .
    export HILRIG_HOME=$LAB_ROOT
    /usr/bin/python3 - <<'PYTHON'
import struct
body = bytes(range(250)) * 20
header = struct.pack("<IHHHHHIH32sI", 0x0BEEF11E, 0x0100, 56, 0, 0x10AB, 0x0A01, 0x00020130, 2, b"lab", 56 + len(body))
open("image.ota", "wb").write(header + body)
PYTHON
    "$BUILD_DIR/plant" --seed "$LAB_SEED" --truth truth.jsonl \
        --line arm="$pins/sim_gpio1/pull" --line estop="$pins/sim_gpio2/pull" --line door="$pins/sim_gpio3/pull" \
        --line lab-feed="$pins/sim_gpio5/pull" --bus bus="$(usb_device slot 0)" --board bus:1 \
        --slot A --mains bus:1.1 --line supply="$pins/sim_gpio17/pull" --line mains="$pins/sim_gpio41/pull" \
        --line ac-lost="$pins/sim_gpio27/pull" --hub-console "$(usb_device slot 1)" --meter-console "$(usb_device slot 2)" \
        --version 0002012F --boot 5s --threshold 175s..185s "$@" >plant.out 2>&1 &
    wait_for 10 grep -q ready plant.out
}

slot_run() {
    local name=$1
    shift
    mkdir -p "$name"
    "$HILRIG" run journey.yaml --bench bench.yaml --load load.yaml --set image=image.ota --out "$name" "$@" >"$name.out" 2>&1 &
    supervisor=$!
}

slot_ends() {
    local code=0
    wait "$supervisor" || code=$?
    [ "$code" = "$1" ] || { cat ./*.out; fail "hilrig ended with $code, wanted $1"; }
}

# As wait_for, but looks every 10 s: a wait of many minutes starts few processes.
slot_waits_for() {
    local left=$(($1 / 10))
    shift
    until "$@"; do
        left=$((left - 1))
        [ $left -gt 0 ] || fail "not in time: $*"
        pause 10
    done
}

slot_rig() { pgrep -P "$supervisor" | head -n 1; }

slot_evidence() { echo "$1"/*-lab-journey-*; }

slot_judged() {
    local code=0
    "$HILRIG" verify "$(slot_evidence "$1")" >/dev/null || fail "the evidence of $1 does not verify"
    "$HILRIG" judge "$(slot_evidence "$1")" --json >judged.json || code=$?
    [ "$code" -le 2 ] || fail "judge of $1 ended with $code"
    /usr/bin/python3 - "$2" <<'PYTHON'
import json, sys
for verdict in json.load(open("judged.json"))["verdicts"]:
    if verdict["case"] == sys.argv[1]:
        print(verdict["conformity"], verdict["validity"], verdict["domain"])
PYTHON
}

slot_truth() {
    slot_judged "$1" outage >/dev/null
    /usr/bin/python3 - <<'PYTHON' || fail "the measured outage is not the true one"
import json, sys
truth = [json.loads(line) for line in open("truth.jsonl")]
activated = max(t["t_ns"] for t in truth if t.get("fact") == "activation-received")
fell = [t["t_ns"] for t in truth if t.get("fact") == "supply-fell" and t["t_ns"] >= activated][0]
rose = [t["t_ns"] for t in truth if t.get("fact") == "supply-rose" and t["t_ns"] > fell][0]
verdict = [v for v in json.load(open("judged.json"))["verdicts"] if v["case"] == "outage"][0]
true_ns, lo, hi = rose - fell, verdict["t_lo_ns"], verdict["t_hi_ns"]
print("true %d ns, measured %d to %s ns" % (true_ns, lo, hi))
sys.exit(not (abs(lo - true_ns) <= 100000 and hi is not None and abs(hi - true_ns) <= 100000))
PYTHON
}
