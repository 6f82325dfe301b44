# One slot of the lab's bench, for cases that run the shipped program: `. "$LAB_ROOT/tests/lab/slot.sh"` after guest.sh.
# The plant plays relay boards, supply, meter and hub on gadget ttys and gpio-sim lines, and writes the truth to a file.
#
#   slot_start PLANT_OPTION ...   a meter with its hub: chip, gadget, files and the plant; `--dropout 240s` and the like
#   hub_start PLANT_OPTION ...    a hub alone with its supply (hub-bench.yaml); PINS in an option of either stands for the folder
#                                 of the chip's lines
#   slot_run NAME [OPTION ...]    hilrig run in the background, output in NAME.out, evidence below NAME/; $supervisor is its pid
#   slot_ends WANTED              waits for it and compares the exit code
#   slot_waits_for S COMMAND ...   as wait_for, in steps of 10 s
#   slot_soon S COMMAND ...        as wait_for, in steps of 0.2 s: for conditions that start processes
#   slot_says S NAME TEXT         waits until run NAME has printed TEXT, asking every second
#   slot_rig                      prints the pid of the rig
#   slot_evidence NAME            prints the evidence folder of that run
#   slot_judge NAME               judged.json of that run, once for each state of its journal; `verify` has to agree with it first
#   slot_judged NAME CASE         prints the verdict of a case: "more valid none"
#   slot_truth NAME               the outage after the activation, true against measured; fails if they differ by over 0.1 ms
#   slot_ledger NAME [SKIP]       every outage of the ledger and its AD1 against the plant's, but for the first SKIP, which were
#                                 controls; as slot_truth
#   monotonic_ns                   CLOCK_MONOTONIC, as truth.sh's truth_ns
#   line_goes PIN LEVEL MS WHAT   fails unless the line has that level within so many milliseconds
#   line_wired FROM TO &          the sense TO follows the output FROM

. "$LAB_ROOT/tests/lab/truth.sh"

# What every bench here has: a chip with its inputs as they should be, one gadget for all ports, the files.
lab_furniture() {
    local number
    gpio_chip rig rig-pins 48
    for number in 1 2 3 5; do gpio_pull rig $number up; done
    for number in 17 18 27 41; do gpio_pull rig $number down; done
    gpio_find rig
    pins=$gpio_folder
    # All ports belong to one USB device, because every further one costs interrupts for each virtual second.
    usb_gadget slot 10c4:8a2a SLOT-A 3
    cp -r "$LAB_ROOT/tests/lab/bench/." .
    export HILRIG_HOME=$LAB_ROOT
}

lab_plant() {
    "$BUILD_DIR/plant" --seed "$LAB_SEED" --truth truth.jsonl --line estop="$pins/sim_gpio2/pull" "${@//PINS/$pins}" >plant.out 2>&1 &
    wait_for 10 has_text plant.out ready
}

slot_start() {
    lab_furniture
    lab_files=(journey.yaml --bench bench.yaml --load load.yaml --set image=image.ota)
    perl -e 'print pack("V v5 V v a32 V", 0x0BEEF11E, 0x0100, 56, 0, 0x10AB, 0x0A01, 0x00020130, 2, "lab", 56 + 5000),
        join("", map chr, 0 .. 249) x 20' >image.ota
    lab_plant --line arm="$pins/sim_gpio1/pull" --line door="$pins/sim_gpio3/pull" --line lab-feed="$pins/sim_gpio5/pull" \
        --bus bus="$(usb_device slot 0)" --board bus:1 \
        --slot A --mains bus:1.1 --line supply="$pins/sim_gpio17/pull" --line mains="$pins/sim_gpio41/pull" \
        --line ac-lost="$pins/sim_gpio27/pull" --hub-console "${hub_console:-$(usb_device slot 1)}" \
        --meter-console "$(usb_device slot 2)${meter_baud:+@$meter_baud}" --version 0002012F --boot 5s --threshold 175s..185s "$@"
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

slot_soon() {
    local left=$(($1 * 5))
    shift
    until "$@"; do
        left=$((left - 1))
        [ $left -gt 0 ] || fail "not in time: $*"
        pause 0.2
    done
}

slot_rig() { pgrep -P "$supervisor" | head -n 1; }

slot_says() {
    local left=$1
    until has_text "$2.out" "$3"; do
        left=$((left - 1))
        [ $left -gt 0 ] || fail "$2 did not say in time: $3"
        ! ended "$supervisor" || fail "$2 has ended and never said: $3"
        pause 1
    done
}

slot_evidence() { echo "$1"/*Z-*; }

monotonic_ns() { perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -e 'printf "%d\n", clock_gettime(CLOCK_MONOTONIC) * 1e9'; }

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

slot_judge() {
    local evidence state code=0
    evidence=$(slot_evidence "$1")
    state="$evidence $(tail -n 1 "$evidence/journal.jsonl")"
    ! has_text judged.of "$state" || return 0
    "$HILRIG" verify "$evidence" >/dev/null || fail "the evidence of $1 does not verify"
    "$HILRIG" judge "$evidence" --json >judged.json || code=$?
    [ "$code" -le 2 ] || fail "judge of $1 ended with $code"
    echo "$state" >judged.of
}

# Leaves in the array rows each row of judged.json that has the key.
judged_rows() {
    local line
    local -a judged
    mapfile -t judged <judged.json
    rows=()
    for line in "${judged[@]}"; do [[ $line != *"\"$1\": "* ]] || rows+=("$line"); done
}

# Leaves in field the value of a key of a row, without its quotes.
row_field() {
    [[ $1 =~ \"$2\":\ ?(\"[^\"]*\"|[^],}]*) ]] || fail "no $2 in $1"
    field=${BASH_REMATCH[1]//\"/}
}

slot_judged() {
    local row key field said
    local -a rows
    slot_judge "$1"
    judged_rows conformity
    for row in "${rows[@]}"; do
        [[ $row = *"\"case\": \"$2\","* ]] || continue
        said=''
        for key in conformity validity domain; do
            row_field "$row" $key
            said+="$field "
        done
        echo "${said% }"
    done
}

# true_is WHAT TRUE_NS LO_NS HI_NS: fails unless both ends are within 0.1 ms of what is true.
true_is() {
    local bound
    echo "true $2 ns, measured $3 to $4 ns"
    for bound in "$3" "$4"; do
        [[ $bound = +([0-9]) ]] && [ $((bound - $2)) -le 100000 ] && [ $(($2 - bound)) -le 100000 ] ||
            fail "the measured $1 is not the true one"
    done
}

slot_truth() {
    local line way field activated='' fell='' rose='' lo_ns
    local -a rows truth
    slot_judge "$1"
    activated=$(truth_ns activation-received)
    [ -n "$activated" ] || fail "nothing was activated"
    mapfile -t truth <truth.jsonl
    for line in "${truth[@]}"; do
        [[ $line =~ \"fact\":\"supply-(fell|rose)\" ]] || continue
        way=${BASH_REMATCH[1]}
        row_field "$line" t_ns
        if [ "$way" = fell ]; then
            [ -n "$fell" ] || [ "$field" -lt "$activated" ] || fell=$field
        elif [ -n "$fell" ] && [ -z "$rose" ] && [ "$field" -gt "$fell" ]; then
            rose=$field
        fi
    done
    [ -n "$rose" ] || fail "there was no outage"
    judged_rows conformity
    for line in "${rows[@]}"; do
        [[ $line = *'"case": "outage",'* ]] || continue
        row_field "$line" t_lo_ns
        lo_ns=$field
        row_field "$line" t_hi_ns
        true_is outage $((rose - fell)) "$lo_ns" "$field"
        return
    done
    fail "there is no verdict on the outage"
}

slot_ledger() {
    local line class field lo_ns hi_ns number=0
    local -a rows truth=() ledger=() all
    slot_judge "$1"
    mapfile -t all <truth.jsonl
    for line in "${all[@]}"; do [[ $line != *'"fact":"outage"'* ]] || truth+=("$line"); done
    truth=("${truth[@]:${2:-0}}")
    judged_rows class
    for line in "${rows[@]}"; do [[ $line != *'"open": false'* ]] || ledger+=("$line"); done
    echo "${#truth[@]} outages, ${#ledger[@]} in the ledger"
    [ ${#truth[@]} = ${#ledger[@]} ] || fail "the ledger is not what happened"
    for line in "${ledger[@]}"; do
        row_field "$line" t_lo_ns
        lo_ns=$field
        row_field "$line" t_hi_ns
        hi_ns=$field
        row_field "$line" class
        class=$field
        row_field "${truth[$number]}" value
        true_is "line $number of the ledger" "$field" "$lo_ns" "$hi_ns"
        row_field "${truth[$number]}" text
        expect "class of line $number of the ledger" "$class" \
            "$([ "$field" = ad1-raised ] && echo expected-seen || echo none-expected-none-seen)"
        number=$((number + 1))
    done
}
