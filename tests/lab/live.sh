# The desk of tests/lab/bench/desk.yaml, for cases of `hilrig check --live`: `. "$LAB_ROOT/tests/lab/live.sh"` after guest.sh.
#
#   desk_start             chip, gadget and bench file
#   desk_plant KEY=VALUE ...   a new plant, with a new truth.jsonl and the FIFO `commands`; keys: mains_a mains_b supply_a supply_b
#                          (lines of pins that the plant drives), model (of the supply), more (a further option at the end)
#   desk_check NAME [OPTION ...]   check --live in the background, output in NAME.out; $supervisor is its pid
#   desk_ends WANTED       waits for it and compares the exit code
#   desk_rig               prints the pid of the rig
#   desk_said NAME TEXT    whether NAME.out has the text
#   desk_hears S NAME TEXT   waits until it has
#   desk_dark              whether no slot has mains or supply, by the plant's truth

. "$LAB_ROOT/tests/lab/truth.sh"

desk_start() {
    local number
    gpio_chip rig rig-pins 48
    for number in 1 2 3 5; do gpio_pull rig $number up; done
    usb_gadget desk 10c4:8a2a DESK 3
    cp "$LAB_ROOT/tests/lab/bench/desk.yaml" .
    export HILRIG_HOME=$LAB_ROOT
    mkfifo commands
    plant=''
}

desk_plant() {
    local mains_a=41 mains_b=42 supply_a=17 supply_b=18 model=60062 more='' pins
    [ $# = 0 ] || local "$@"
    gpio_find rig
    pins=$gpio_folder
    if [ -n "$plant" ]; then kill -TERM "$plant" && { wait "$plant" || true; }; fi
    rm -f plant.out truth.jsonl # of the one before
    # shellcheck disable=SC2086
    "$BUILD_DIR/plant" --seed "$LAB_SEED" --truth truth.jsonl --commands commands \
        --line arm="$pins/sim_gpio1/pull" --line estop="$pins/sim_gpio2/pull" --line door="$pins/sim_gpio3/pull" \
        --line lab-feed="$pins/sim_gpio5/pull" --bus bus="$(usb_device desk 0)" --board bus:1 --board bus:2 \
        --psu bus:3 --model $model \
        --slot A --mains bus:1.1 --line supply="$pins/sim_gpio$supply_a/pull" --line mains="$pins/sim_gpio$mains_a/pull" \
        --hub-console "$(usb_device desk 1)" --boot 5s \
        --slot B --mains bus:1.2 --line supply="$pins/sim_gpio$supply_b/pull" --line mains="$pins/sim_gpio$mains_b/pull" \
        --hub-console "$(usb_device desk 2)" --boot 5s \
        --slot C --feed bus:2.1 --supply bus:3 --line supply="$pins/sim_gpio19/pull" $more >plant.out 2>&1 &
    plant=$!
    wait_for 10 has_text plant.out ready
}

desk_check() {
    local name=$1
    shift
    "$HILRIG" check --bench desk.yaml --live "$@" >"$name.out" 2>&1 &
    supervisor=$!
}

desk_ends() {
    local code=0
    wait "$supervisor" || code=$?
    [ "$code" = "$1" ] || { cat ./*.out; fail "hilrig ended with $code, wanted $1"; }
}

desk_rig() { pgrep -P "$supervisor" | head -n 1; }

desk_said() { has_text "$1.out" "$2"; }

# As wait_for, but shows what was said instead.
desk_hears() {
    local left=$(($1 * 5))
    until desk_said "$2" "$3"; do
        left=$((left - 1))
        [ $left -gt 0 ] || { cat ./*.out; fail "$2 did not say in time: $3"; }
        pause 0.2
    done
}

desk_dark() { truth_off mains && truth_off supply; }
