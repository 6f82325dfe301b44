# The dongle is pulled out in the middle of a transfer and comes back under another name: it goes on where it was, and completes.
# time-limit: 180
. "$LAB_ROOT/tests/lab/ota.sh"
mkfifo commands
ota_device=,turnaround=100ms # so that the transfer takes 20 s
ota_start zigbee --dropout 240s --commands commands
slot_run night
slot_waits_for 900 has_text truth.jsonl ota-began
pause 3
old=$(usb_host dongle)
exec 7<>"$old"                             # so that the name is taken when it comes back
usb_unplug dongle
echo "dongle hang-hard" >commands          # without power it does nothing, and then starts anew
! has_text truth.jsonl ota-whole || fail "the transfer was over before"
pause 10
usb_plug dongle
echo "dongle reset" >commands
[ "$(usb_host dongle)" != "$old" ] || fail "it came back under its old name"
slot_ends 1
expect outage "$(slot_judged night outage)" "more valid device"
expect ad1 "$(slot_judged night ad1)" "pass valid none"
expect firmware "$(slot_judged night firmware)" "pass valid none"
slot_truth night
ota_received night
expect "transfers begun" "$(grep -c ota-began truth.jsonl)" 1
# Of blocks (command 05, success, AB01, 010A, 00020130) the first was sent once, and nobody began again with it.
log=$(slot_evidence night)/raw/dongle.log block='> fe..2401.*050001ab0a0130010200'
expect "first blocks" "$(grep -c "${block}00000000" "$log")" 1
grep -q "the dongle is back as $(usb_host dongle)" "$(slot_evidence night)/journal.jsonl" || fail "the journal does not name the new port"
