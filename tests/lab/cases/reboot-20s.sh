# A meter that reboots for 20 s on activation is not more than three minutes, and no AD1 was expected. The evidence is signed.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 20s
"$HILRIG" key make --name lab --out keys >key.out
slot_run night --set watch=2min --sign keys/lab.key
slot_ends 0
expect outage "$(slot_judged night outage)" "not-more valid none"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
expect firmware "$(slot_judged night firmware)" "pass valid none"
slot_truth night
grep -q "^hilrig run: signed by key lab " night.out || fail "it does not say who signed: $(tail -n 5 night.out)"
expect_status 0 "$HILRIG" verify "$(slot_evidence night)" --key keys/lab.pub
