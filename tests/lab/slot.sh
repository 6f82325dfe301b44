# One slot of the lab's bench, for cases that run the shipped program: `. "$LAB_ROOT/tests/lab/slot.sh"` after guest.sh.
# The plant plays relay boards, supply, meter and hub on gadget ttys and gpio-sim lines, and writes the truth to a file.
#
#   slot_start PLANT_OPTION ...   a meter with its hub: chip, gadget, files and the plant; `--dropout 240s` and the like
#   hub_start PLANT_OPTION ...    a hub alone with its supply (hub-bench.yaml); PINS in an option of either stands for the folder
#                                 of the chip's lines
#   slot_run NAME [OPTION ...]    hilrig run in the background, output in NAME.out, evidence below NAME/; $supervisor is its pid
#   slot_ends WANTED              waits for it and compares the exit code
#   slot_waits_for S COMMAND ...   as wait_for, in steps of 10 s
#   slot_says S NAME TEXT         waits until run NAME has printed TEXT, asking every second
#   slot_rig                      prints the pid of the rig
#   slot_evidence NAME            prints the evidence folder of that run
#   slot_judged NAME CASE         prints the verdict of a case: "more valid none"; `verify` has to agree with the evidence first
#   slot_truth NAME               the outage after the activation, true against measured; fails if they differ by over 0.1 ms
#   slot_ledger NAME [SKIP]       every outage of the ledger and its AD1 against the plant's, but for the first SKIP, which were
#                                 controls; as slot_truth
#   truth_ns FACT [KEY=VALUE ...]  CLOCK_MONOTONIC of the last such fact, nothing if there was none; monotonic_ns: now
#   line_goes PIN LEVEL MS WHAT   fails unless the line has that level within so many milliseconds
#   line_wired FROM TO &          the sense TO follows the output FROM

# What every bench here has: a chip with its inputs as they should be, one gadget for all ports, the files.
lab_furniture() {
    local number
    gpio_chip rig rig-pins 48
    for number in 1 2 3 5; do gpio_pull rig $number up; done
    for number in 17 18 27 41; do gpio_pull rig $number down; done
    pins=$(dirname "$(ls -d /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio17)")
    # All ports belong to one USB device, because every further one costs interrupts for each virtual second.
    usb_gadget slot 10c4:8a2a SLOT-A 3
    cp -r "$LAB_ROOT/tests/lab/bench/." .
    export HILRIG_HOME=$LAB_ROOT
}

lab_plant() {
    "$BUILD_DIR/plant" --seed "$LAB_SEED" --truth truth.jsonl --line estop="$pins/sim_gpio2/pull" "${@//PINS/$pins}" >plant.out 2>&1 &
    wait_for 10 grep -q ready plant.out
}

slot_start() {
    lab_furniture
    lab_files=(journey.yaml --bench bench.yaml --load load.yaml --set image=image.ota)
    /usr/bin/python3 - <<'PYTHON'
import struct
body = bytes(range(250)) * 20
header = struct.pack("<IHHHHHIH32sI", 0x0BEEF11E, 0x0100, 56, 0, 0x10AB, 0x0A01, 0x00020130, 2, b"lab", 56 + len(body))
open("image.ota", "wb").write(header + body)
PYTHON
    lab_plant --line arm="$pins/sim_gpio1/pull" --line door="$pins/sim_gpio3/pull" --line lab-feed="$pins/sim_gpio5/pull" \
        --bus bus="$(usb_device slot 0)" --board bus:1 \
        --slot A --mains bus:1.1 --line supply="$pins/sim_gpio17/pull" --line mains="$pins/sim_gpio41/pull" \
        --line ac-lost="$pins/sim_gpio27/pull" --hub-console "${hub_console:-$(usb_device slot 1)}" \
        --meter-console "$(usb_device slot 2)" --version 0002012F --boot 5s --threshold 175s..185s "$@"
}

hub_start() {
    lab_furniture
    lab_files=(cuts.yaml --bench hub-bench.yaml --load hub-load.yaml --slots A)
    lab_plant --bus psu="$(usb_device slot 0)@9600" --psu psu:1 --bus feeds="$(usb_device slot 2)@9600" --board feeds:1 \
        --slot A --feed feeds:1.1 --supply psu:1 --line supply="$pins/sim_gpio17/pull" \
        --hub-console "$(usb_device slot 1)" --hub-boot 5s "$@"
}

slot_run() {
    local name=$1
    shift
    mkdir -p "$name"
    "$HILRIG" run "${lab_files[@]}" --out "$name" "$@" >"$name.out" 2>&1 &
    supervisor=$!
}

slot_ends() {
    local code=0 left=360
    until ended "$supervisor"; do
        left=$((left - 1))
        [ $left -gt 0 ] || { cat ./*.out; fail "hilrig does not end within two hours"; }
        pause 20
    done
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

slot_says() {
    local left=$1
    until grep -q "$3" "$2.out"; do
        left=$((left - 1))
        [ $left -gt 0 ] || fail "$2 did not say in time: $3"
        ! ended "$supervisor" || fail "$2 has ended and never said: $3"
        pause 1
    done
}

slot_evidence() { echo "$1"/*Z-lab-*; }

monotonic_ns() { perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -e 'printf "%d\n", clock_gettime(CLOCK_MONOTONIC) * 1e9'; }

truth_ns() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import json, sys
wanted = dict(word.split("=", 1) for word in sys.argv[2:])
found = [t["t_ns"] for t in map(json.loads, open("truth.jsonl"))
         if t.get("fact") == sys.argv[1] and all(str(t.get(key)) == value for key, value in wanted.items())]
print(found[-1] if found else "")
PYTHON
}

# line_level PIN: what is on the line, in $level; starts no process, as it is asked often.
line_level() { read -r level <"$pins/sim_gpio$1/value"; }

# Looked at every 0.1 ms of virtual time.
line_goes() {
    local begin=${EPOCHREALTIME/[.,]/}
    while line_level "$1" && [ "$level" != "$2" ]; do
        [ $((${EPOCHREALTIME/[.,]/} - begin)) -le $(($3 * 1000)) ] || fail "$4: not within $3 ms"
        pause 0.0001
    done
    echo "$4: within $((${EPOCHREALTIME/[.,]/} - begin)) us"
}

# line_wired FROM TO: the sense TO follows the output FROM, as a hub's supply follows its relay, until the case ends.
line_wired() {
    local level before=''
    while pause 0.02; do
        line_level "$1"
        [ "$level" = "$before" ] || { [ "$level" = 1 ] && gpio_pull rig "$2" up || gpio_pull rig "$2" down; }
        before=$level
    done
}

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

slot_ledger() {
    slot_judged "$1" ad1 >/dev/null
    /usr/bin/python3 - "${2:-0}" <<'PYTHON' || fail "the ledger is not what happened"
import json, sys
true = [t for t in map(json.loads, open("truth.jsonl")) if t.get("fact") == "outage"][int(sys.argv[1]):]
ledger = [line for line in json.load(open("judged.json"))["ledger"] if not line["open"]]
print("%d outages, %d in the ledger" % (len(true), len(ledger)))
if len(true) != len(ledger):
    sys.exit(1)
for t, line in zip(true, ledger):
    raised = t["text"] == "ad1-raised"
    print("true %d ns %s, measured %d to %d ns %s" % (t["value"], t["text"], line["t_lo_ns"], line["t_hi_ns"], line["class"]))
    if abs(line["t_lo_ns"] - t["value"]) > 100000 or abs(line["t_hi_ns"] - t["value"]) > 100000:
        sys.exit(1)
    if line["class"] != ("expected-seen" if raised else "none-expected-none-seen"):
        sys.exit(1)
PYTHON
}
