# A full disk is the rig's trouble: the meter's mains are held, the evidence is whole as far as it goes, and the run goes on.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 240s
small_disk disk 400
mkdir disk/night
ln -s disk/night night
slot_run night
slot_waits_for 1200 has_text truth.jsonl activation-received
pause 60                                   # in the middle of the outage
dd if=/dev/zero of=disk/rest bs=1k 2>/dev/null || true
slot_says 600 night "is held; hilrig resume"
grep -q "No space left" night.out || fail "it does not say what is wrong: $(tail -n 5 night.out)"
[ "$(truth_ns relay-told value=1)" -gt "$(truth_ns relay-told value=0)" ] || fail "the mains were let go"
evidence=$(slot_evidence night)
expect_status 0 "$HILRIG" verify "$evidence"

# Room again: the run goes on, activates nothing twice, and does not turn what was measured into something else.
rm disk/rest
code=0
"$HILRIG" resume "$evidence" || code=$?
slot_ends $code
expect activations "$(grep -c activation-received truth.jsonl)" 1
case $(slot_judged night outage) in
"more valid device" | "not-applicable void "* | "not-applicable inconclusive "*) slot_judged night outage ;;
*) fail "outage: $(slot_judged night outage)" ;;
esac
[ $code = 1 ] || [ $code = 2 ] || fail "it ended with $code"
