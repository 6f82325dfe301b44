# A relay that welds shut is the rig's fault: the cut is seen to fail, the slot's run ends, and no meter is spent.
# time-limit: 120
. "$LAB_ROOT/tests/lab/slot.sh"
slot_start --dropout 240s --at 30s "weld bus:1.1 on"
slot_run night
slot_ends 70                                # the mains are still on, and nothing but hands can change that
expect "faults named relay-welded" "$(grep -c '"code":"relay-welded"' "$(slot_evidence night)/journal.jsonl")" 1
expect outage "$(slot_judged night outage)" "not-applicable missing rig"
expect activations "$(grep -c activation-received truth.jsonl || true)" 0
