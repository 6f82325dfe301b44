# A live check that is killed, hangs, is stopped, loses its terminal, its supervisor or its arm leaves everything off.
# time-limit: 180
. "$LAB_ROOT/tests/lab/live.sh"
desk_start
desk_plant
# The lines are pulled to the wanted level by the plant; what is off is what the plant's contacts say.
lit() { has_text truth.jsonl '"slot":"A","fact":"mains-rose"'; }
dark() { desk_dark; }
again() { # NAME: a new truth, and a check whose slot A is energised
    desk_plant
    desk_check "$1"
    local left=100
    until lit; do left=$((left - 1)); [ $left -gt 0 ] || fail "$1: A was not energised"; pause 0.2; done
    pause 1
    ! dark || fail "$1: dark before its time"
}

again killed
kill -KILL "$(desk_rig)"
wait_for 5 dark
desk_ends 70
desk_said killed "the rig was ended by signal 9; off after" || fail "the supervisor said nothing"
dark || fail "killed: on again"

again hung
kill -STOP "$(desk_rig)"
wait_for 5 dark
desk_ends 70
desk_said hung "the rig hangs; off after" || fail "the supervisor said nothing"

again interrupted
kill -INT "$(desk_rig)"
wait_for 2 dark
desk_ends 130
desk_said interrupted "ALL OFF (not isolated)" || fail "interrupted: not all off"

again hungup
kill -HUP "$(desk_rig)"
wait_for 2 dark
desk_ends 130

again switched-off
expect_status 0 "$HILRIG" off --bench desk.yaml
dark || fail "on after off"
desk_ends 130

again disarmed
echo "arm off" >commands
wait_for 2 dark
desk_ends 2
desk_said disarmed "everything off: the arm was lost" || fail "disarmed: not said"
desk_said disarmed "not walked: slots A, B, C: the arm was lost" || fail "disarmed: the others were walked"
echo "arm on" >commands

again pressed
gpio_pull rig 2 down                        # the line alone: no chain helps
wait_for 2 dark
desk_ends 2
gpio_pull rig 2 up

again orphaned
rig=$(desk_rig)
kill -KILL "$supervisor"
wait_for 5 dark
wait_for 20 ended "$rig"
desk_said orphaned "everything off: the supervisor is gone" || fail "orphaned: not said"
