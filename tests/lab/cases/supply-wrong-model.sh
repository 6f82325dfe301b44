# Another supply on the port than the bench file says is refused by name, and nothing is energised.
# time-limit: 60
. "$LAB_ROOT/tests/lab/slot.sh"
hub_start --psu psu:2 --model 60121
sed -i '/psu1:/s/unit: 1/unit: 2/' hub-bench.yaml
lab_files=(energised.yaml --bench hub-bench.yaml --load hub-load.yaml --slots A)
slot_run night
slot_ends 70
cat night.out
grep -q "psu1" night.out || fail "the instrument is not named"
grep -q "60121" night.out || fail "what answered is not named"
expect "voltages and outputs set" "$(truth_ns supply-output value=1)$(truth_ns contact-closed)" ""
