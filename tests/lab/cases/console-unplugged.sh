# The console is pulled out in mid watch: void for AD1, T still holds, and the port is found again under another name.
# time-limit: 180
. "$LAB_ROOT/tests/lab/slot.sh"
usb_gadget console 0403:6001 C7
hub_console=$(usb_device console)
slot_start --dropout 240s
sed -i '/ console:/s/usb_serial: "SLOT-A", usb_port: 2/usb_serial: "C7"/' bench.yaml
slot_run night
slot_waits_for 1200 has_text truth.jsonl activation-received
pause 60                                   # in the middle of the outage
old=$(usb_host console)
exec 7<>"$old"                             # so that the name is taken when it comes back
usb_unplug console
pause 20
usb_plug console
[ "$(usb_host console)" != "$old" ] || fail "it came back under its old name"
slot_ends 1
expect outage "$(slot_judged night outage)" "more valid device"
expect ad1 "$(slot_judged night ad1)" "not-applicable void observer"
slot_truth night
grep '"kind":"health"' "$(slot_evidence night)/journal.jsonl" | grep -o '"healthy":[a-z]*,"why":"[^"]*"'
[ "$(grep -c '"kind":"health".*"healthy":true' "$(slot_evidence night)/journal.jsonl")" -ge 2 ] || fail "it was not found again"
grep -q "$(usb_host console)" "$(slot_evidence night)/journal.jsonl" || fail "the journal does not name the new port"
