# The emergency stop's proof passes where the hardware cuts, fails loudly where only the rig does, and ends when nobody operates it.
# time-limit: 180
. "$LAB_ROOT/tests/lab/live.sh"
desk_start
asked() { desk_hears 60 "$1" "A. Person: press the emergency stop NOW"; }

desk_plant
desk_check passed --prove estop --operator "A. Person"
asked passed
echo "estop off" >commands
desk_ends 0
desk_said passed "the hardware cut the mains of 2 slots by itself" || fail "not passed: $(cat passed.out)"
desk_said passed 'proofs: [{what: estop, by: "A. Person", on: 2026-11-23, due: 2027-05-23}]' || fail "no line: $(cat passed.out)"
desk_dark || fail "something is on"
# The mains went before the rig told its relays.
[ "$(truth_ns mains-fell)" -lt "$(truth_ns relay-told relay=1 value=0)" ] || fail "the rig was first"
# The line that was printed is one that a bench file takes.
{ sed -n 's/.*: \(proofs: .*\)/\1/p' passed.out; cat desk.yaml; } >proved.yaml
expect_status 0 "$HILRIG" check --bench proved.yaml >/dev/null

desk_plant more=--no-chain
desk_check failed --prove estop --operator "A. Person"
asked failed
echo "estop off" >commands
desk_ends 70
desk_said failed "THE HARDWARE DID NOT CUT: 500 ms after the emergency stop the mains of A, B are still there" || fail "$(cat failed.out)"
! desk_said failed "proofs:" || fail "a line for a proof that failed"
desk_dark || fail "something is on"
expect_within 500000000 $(($(truth_ns relay-told relay=1 value=0) - $(truth_ns input text=estop value=0))) 600000000 "ns until the rig's own off"

desk_plant
desk_check nobody --prove door --operator "A. Person" --within 10s
desk_ends 2
desk_said nobody "no proof test of the door: nobody operated it in time" || fail "$(cat nobody.out)"
desk_dark || fail "something is on"
