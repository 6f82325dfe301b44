# A script of the bench file's own moves DTR, RTS and rate of a real port in its order and its time; a break that a port cannot make fails.
# time-limit: 120
. "$LAB_ROOT/tests/lab/ota.sh"
ota_start ymodem
# As a controller whose reset hangs on RTS and whose boot mode hangs on DTR.
ota_upgrade "$(cat <<'YAML'
{driver: loader, protocol: script, push: ymodem, port: {usb_serial: "SLOT-A", usb_port: 4}, baud: 115200, dtr: off, rts: off,
              enter: [{dtr: on, rts: on, wait_ms: 300}, {rts: off, wait_ms: 150}, {baud: 57600, wait_ms: 50},
                      {baud: 115200, wait_ms: 50}, {dtr: off, send: "upgrade\r", expect: "ready for an image"}],
              verify: [{expect: "image ok", refuse: "image bad"}],
              activate: [{send: "activate\r", expect: "activating", refuse: "refused"}],
              version: [{send: "version\r", expect: "fw ([0-9A-F]{8})"}],
              isolation: {kind: digital, working_v: 300, class: reinforced, source: "simulated"}}
YAML
)"
cat >transfer.yaml <<'YAML'
scenario: lab-transfer
version: 1
expects: []
parameters: {image: required}
steps:
  - supply: on
  - wait: hub-ready
    within: 15min
  - transfer: $image
    within: 10min
YAML
lab_files[0]=transfer.yaml
sed -i 's/recharge_s: {value: 60/recharge_s: {value: 1/' bench.yaml # nothing here is measured behind it
"$BUILD_DIR/tests/lab/serial" lines "$(usb_host slot 2)" >lines.txt &
watcher=$!
slot_run night
slot_ends 2                                # the end of the run cuts the supply, and nobody waits for what comes of that
kill $watcher
has_text night.out "step 3 transfer: done" || fail "nothing was transferred"
has_text truth.jsonl "$ota_digest\"" || fail "the meter received another image"
mapfile -t lines <lines.txt
words=("${lines[@]#* lines }")
expect "lines" "$(printf '%s; ' "${words[@]: -6}")" \
    "dtr 0 rts 0 baud 115200; dtr 1 rts 1 baud 115200; dtr 1 rts 0 baud 115200; dtr 1 rts 0 baud 57600; dtr 1 rts 0 baud 115200; \
dtr 0 rts 0 baud 115200; "
times=("${lines[@]%% *}")
expect_within 298000 $((times[-4] - times[-5])) 303000 "us with both on"
expect_within 148000 $((times[-3] - times[-4])) 153000 "us with RTS off at the first rate"

# CDC ACM gadgets have no break: the rig's fault, it says so, and the meter is sent nothing.
sed -i 's/rts: on, wait_ms: 300/rts: on, break_ms: 100/' bench.yaml
slot_run broken
slot_ends 2
has_text broken.out "$(usb_host slot 2): a break cannot be set: Operation not supported" || fail "it does not say what failed"
has_text broken.out "FAULT (rig) transfer-failed: enter, step 1: the line could not be set as wanted" || fail "it is not the rig's"
expect transfers "$(grep -c transfer-began truth.jsonl)" 1
expect_status 0 "$HILRIG" verify "$(slot_evidence broken)"
