# The guest's part of tests/bench/resident.sh: one line an hour, "hour N rig KB kB supervisor KB kB".
. "$LAB_ROOT/tests/lab/slot.sh"
hub_start
sed -i "s/until: 30min/until: $((LAB_RESIDENT_HOURS + 1))h/" energised.yaml
lab_files=(energised.yaml --bench hub-bench.yaml --load hub-load.yaml --slots A)
slot_run night
slot_says 60 night "step 1 supply: done"
rig=$(slot_rig)
size() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
for ((hour = 1; hour <= LAB_RESIDENT_HOURS; hour++)); do
    pause 3600
    echo "hour $hour rig $(size "$rig") kB supervisor $(size "$supervisor") kB"
done
! ended "$rig" || fail "the run has ended: $(tail -n 5 night.out)"
kill -INT "$rig"
slot_ends 130
expect_status 0 "$HILRIG" verify "$(slot_evidence night)"
